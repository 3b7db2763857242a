using System.Text;

namespace FlowGpt.Tests.Unit.ApiFrontend.Hosting;

/// <summary>Reads a body that may break off.</summary>
internal static class BrokenBody
{
    /// <summary>The text that came, and whether the body ended as HTTP demands.</summary>
    public static async Task<(string Text, bool Ended)> ReadAsync(HttpResponseMessage response)
    {
        await using var stream = await response.Content.ReadAsStreamAsync();
        var bytes = new MemoryStream();
        try
        {
            await stream.CopyToAsync(bytes);
            return (Encoding.UTF8.GetString(bytes.ToArray()), true);
        }
        catch (IOException)
        {
            return (Encoding.UTF8.GetString(bytes.ToArray()), false);
        }
    }
}
