using System.Text;

namespace FlowGpt.Tests.Process.Secrecy;

/// <summary>The whole answer to one request.</summary>
internal sealed record HttpAnswer(string Request, int Status, string Headers, byte[] Body)
{
    private const int FeedEvents = 3;

    public static async Task<HttpAnswer> ReadAsync(string name, HttpResponseMessage response)
    {
        var received = new MemoryStream();
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
            if (response.Content.Headers.ContentType?.MediaType == "text/event-stream" && name.StartsWith("GET ", StringComparison.Ordinal))
            {
                await ReadFeedAsync(body, received);
            }
            else
            {
                await body.CopyToAsync(received, TestContext.Current.CancellationToken);
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            // A reply that broke off: its first part is scanned.
        }

        return new HttpAnswer(name, (int)response.StatusCode, $"{response.Headers}{response.Content.Headers}", received.ToArray());
    }

    /// <summary>The first events of a feed that has no end.</summary>
    private static async Task ReadFeedAsync(Stream body, MemoryStream received)
    {
        var buffer = new byte[16 * 1024];
        while (Events(received) < FeedEvents)
        {
            var length = await body.ReadAsync(buffer, TestContext.Current.CancellationToken);
            if (length == 0)
            {
                return;
            }

            received.Write(buffer, 0, length);
        }
    }

    private static int Events(MemoryStream received) => Encoding.UTF8.GetString(received.ToArray()).Split("\n\n").Length - 1;

    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body);
}
