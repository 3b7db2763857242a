using System.Net.Sockets;
using System.Text;

namespace FlowGpt.Tests.Unit.Simulator.Chat;

/// <summary>How a reply is divided into writes, seen as the chunks of the response.</summary>
public sealed class WriteTests
{
    [Theory]
    [InlineData("tokens=64", 1)]
    [InlineData("tokens=64 flush", 64)]
    [InlineData("tokens=2 per=1ms", 2)]
    public async Task Reply_OfSoManyTokens_IsSoManyWrites(string settings, int writes)
    {
        Assert.Equal(writes, (await ChunksAsync($"hi [[sim: {settings}]]")).Count);
    }

    [Fact]
    public async Task Reply_WithSplitCharacters_HasNoWholeMultiByteCharacterInAWrite()
    {
        var chunks = await ChunksAsync("é🚀 [[sim: split]]");

        Assert.Equal(5, chunks.Count);
        Assert.All(chunks, chunk => Assert.DoesNotContain(Encoding.UTF8.GetString(chunk), c => c > '~' && c != '\uFFFD'));
        Assert.Equal("Echo: é🚀", SimulatorClient.TextOf([.. chunks.SelectMany(chunk => chunk)]));
    }

    private static async Task<List<byte[]>> ChunksAsync(string question)
    {
        await using var client = await SimulatorClient.StartAsync();
        var body = Encoding.UTF8.GetBytes($$"""{"question":"{{question}}"}""");
        var head =
            $"POST /v3/chat HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {client.Host.IssueToken("a1")}\r\n"
            + $"Connection: close\r\nContent-Length: {body.Length}\r\n\r\n";
        using var socket = new TcpClient();
        await socket.ConnectAsync(client.Host.Address.Host, client.Host.Address.Port, SimulatorClient.Deadline);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head).Concat(body).ToArray(), SimulatorClient.Deadline);
        using var response = new MemoryStream();
        await socket.GetStream().CopyToAsync(response, SimulatorClient.Deadline);
        return Divide(response.ToArray());
    }

    private static List<byte[]> Divide(ReadOnlySpan<byte> response)
    {
        var chunks = new List<byte[]>();
        var rest = response[(response.IndexOf("\r\n\r\n"u8) + 4)..];
        while (true)
        {
            var line = rest.IndexOf("\r\n"u8);
            var length = Convert.ToInt32(Encoding.ASCII.GetString(rest[..line]), 16);
            if (length == 0)
            {
                return chunks;
            }

            chunks.Add(rest.Slice(line + 2, length).ToArray());
            rest = rest[(line + 2 + length + 2)..];
        }
    }
}
