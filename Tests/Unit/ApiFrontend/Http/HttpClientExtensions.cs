namespace FlowGpt.Tests.Unit.ApiFrontend.Http;

internal static class HttpClientExtensions
{
    public static async Task<string> GetStringAsyncWhateverStatus(this HttpClient client, string path)
    {
        using var response = await client.GetAsync(path);
        return await response.Content.ReadAsStringAsync();
    }
}
