using System.Globalization;
using System.Net.Sockets;
using System.Text;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;

namespace FlowGpt.Tests.Unit.ApiFrontend.Dialects;

/// <summary>Which part of a stream is one write on the connection: some clients of Responses read one event for each write. A write is one chunk of HTTP's chunked coding.</summary>
public sealed class FrameWriteTests
{
    [Fact]
    public async Task Responses_ManyEventsAtOnce_AreAWriteEach()
    {
        await using var host = await FrontendHost.StartAsync();
        var events = new EventLog().Add(EventKind.MessageStarted, 0, "").Text(0, "a").Text(0, "b\n\nc").End(0);
        host.Grains.OnConversation = (conversation, _) => conversation.Gives(events).Completes("");

        var chunks = await ChunksAsync(host, "/v1/responses", """{"model":"gpt-4-free","store":false,"stream":true,"input":"hi"}""");

        // The server divides an event that reaches over the end of a block of its memory; two events are never in one chunk.
        var ends = chunks.Where(static chunk => chunk.Contains("\n\n", StringComparison.Ordinal)).ToList();
        Assert.True(ends.Count > 8, string.Join("|", chunks));
        Assert.All(ends, static chunk => Assert.Equal(chunk.Length - 2, chunk.IndexOf("\n\n", StringComparison.Ordinal)));
        Assert.EndsWith("data: [DONE]\n\n", string.Concat(chunks), StringComparison.Ordinal);
        Assert.DoesNotContain("event:", chunks[^1], StringComparison.Ordinal);
    }

    /// <summary>The chunks of the answer's body.</summary>
    private static async Task<List<string>> ChunksAsync(FrontendHost host, string path, string body)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(host.Address.Host, host.Address.Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        var request =
            $"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {FrontendHost.MasterKey}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        var answer = new MemoryStream();
        await Soon.Happens(stream.CopyToAsync(answer, TestContext.Current.CancellationToken), "the connection ends");
        var text = Encoding.Latin1.GetString(answer.ToArray());
        Assert.StartsWith("HTTP/1.1 200", text, StringComparison.Ordinal);
        var chunks = new List<string>();
        for (var at = text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4; ; )
        {
            var line = text.IndexOf("\r\n", at, StringComparison.Ordinal);
            var length = int.Parse(text[at..line], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (length == 0)
            {
                return chunks;
            }

            chunks.Add(text.Substring(line + 2, length));
            at = line + 2 + length + 2;
        }
    }
}
