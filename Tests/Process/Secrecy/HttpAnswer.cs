using System.Text;

namespace FlowGpt.Tests.Process.Secrecy;

/// <summary>Everything that came back for one request.</summary>
internal sealed record HttpAnswer(string Request, int Status, string Headers, byte[] Body)
{
    public static async Task<HttpAnswer> ReadAsync(string name, HttpResponseMessage response)
    {
        var received = new MemoryStream();
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
            await body.CopyToAsync(received, TestContext.Current.CancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            // A reply that broke off: what came of it counts.
        }

        return new HttpAnswer(name, (int)response.StatusCode, $"{response.Headers}{response.Content.Headers}", received.ToArray());
    }

    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body);
}
