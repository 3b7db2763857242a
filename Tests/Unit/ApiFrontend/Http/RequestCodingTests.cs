using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;
using ZstdSharp;

namespace FlowGpt.Tests.Unit.ApiFrontend.Http;

public sealed class RequestCodingTests
{
    private const string Body = """{"model":"gpt-4-free","messages":[{"role":"user","content":"hi"}]}""";

    [Theory]
    [InlineData("gzip")]
    [InlineData("x-gzip")]
    [InlineData("GZIP")]
    [InlineData("deflate")]
    [InlineData("deflate", true)]
    [InlineData("br")]
    [InlineData("zstd")]
    [InlineData("identity")]
    public async Task Body_InACodingThatIsAccepted_IsRead(string coding, bool raw = false)
    {
        await using var host = await StartAsync();

        using var response = await PostAsync(host, Encode(raw ? "raw" : coding, Encoding.UTF8.GetBytes(Body)), coding);

        Assert.Equal(200, (int)response.StatusCode);
        var start = Assert.Single(Assert.Single(host.Grains.Conversations).Starts);
        Assert.Equal("hi", Assert.IsType<FlowGpt.Grains.Interfaces.Items.MessageItem>(Assert.Single(start.Input)).Text);
    }

    [Theory]
    [InlineData("compress")]
    [InlineData("gzip, br")]
    [InlineData("nonsense")]
    public async Task Body_InAnyOtherCoding_Is415WithThoseThatAreAccepted(string coding)
    {
        await using var host = await StartAsync();

        using var response = await PostAsync(host, Encoding.UTF8.GetBytes(Body), coding);
        var error = await ErrorBody.ReadAsync(response);

        Assert.Equal((415, "unsupported_content_encoding", "Content-Encoding"), ((int)response.StatusCode, error.Code, error.Param));
        Assert.Equal("gzip, deflate, br, zstd", string.Join(", ", response.Headers.GetValues("Accept-Encoding")));
        Assert.Empty(host.Grains.Conversations);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    [InlineData("zstd")]
    public async Task Body_ThatIsNotInItsCoding_Is400ThatNamesTheHeader(string coding)
    {
        await using var host = await StartAsync();

        using var response = await PostAsync(host, Encoding.UTF8.GetBytes(Body), coding);
        var error = await ErrorBody.ReadAsync(response);

        Assert.Equal((400, "invalid_content_encoding", "Content-Encoding"), ((int)response.StatusCode, error.Code, error.Param));
        Assert.Contains(coding, error.Message, StringComparison.Ordinal);
    }

    /// <summary>For every missing part: the end of the data, or the length and the checksum after the data.</summary>
    [Theory]
    [InlineData("gzip", 1)]
    [InlineData("gzip", 6)]
    [InlineData("gzip", 8)]
    [InlineData("gzip", 20)]
    [InlineData("deflate", 1)]
    [InlineData("deflate", 4)]
    [InlineData("deflate", 1, true)]
    [InlineData("br", 1)]
    [InlineData("br", 20)]
    [InlineData("zstd", 1)]
    [InlineData("zstd", 20)]
    public async Task Body_ThatEndsBeforeItsCodingDoes_Is400ThatNamesTheCoding(string coding, int missing, bool raw = false)
    {
        await using var host = await StartAsync();
        var encoded = Encode(raw ? "raw" : coding, Encoding.UTF8.GetBytes(Body));

        using var response = await PostAsync(host, encoded[..^missing], coding);
        var error = await ErrorBody.ReadAsync(response);

        Assert.Equal((400, "invalid_content_encoding", "Content-Encoding"), ((int)response.StatusCode, error.Code, error.Param));
        Assert.Contains(coding, error.Message, StringComparison.Ordinal);
        Assert.Empty(host.Grains.Conversations);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("deflate", true)]
    [InlineData("br")]
    [InlineData("zstd")]
    public async Task Body_SmallThatDecodesToMoreThanTheLimit_Is413(string coding, bool raw = false)
    {
        await using var host = await StartAsync();
        var bomb = Encode(raw ? "raw" : coding, new byte[64 * 1024 * 1024]);
        Assert.True(bomb.Length < 1024 * 1024);

        using var response = await PostAsync(host, bomb, coding);
        var error = await ErrorBody.ReadAsync(response);

        Assert.Equal((413, "request_too_large"), ((int)response.StatusCode, error.Code));
    }

    /// <summary>A decoder takes as much memory as the frame's window, independent of the size of the body.</summary>
    [Fact]
    public async Task Body_ZstdWithALargerWindowThanEveryDecoderHas_Is400()
    {
        await using var host = await StartAsync();
        // Magic number, a frame header without a content size, a window of 128 MiB, and one empty last block.
        byte[] frame = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 17 << 3, 0x01, 0x00, 0x00];

        using var response = await PostAsync(host, frame, "zstd");

        Assert.Equal((400, "invalid_content_encoding"), ((int)response.StatusCode, (await ErrorBody.ReadAsync(response)).Code));
    }

    private static Task<FrontendHost> StartAsync() => FrontendHost.StartAsync(static options => options.MaxRequestBodyBytes = 1024 * 1024);

    private static async Task<HttpResponseMessage> PostAsync(FrontendHost host, byte[] body, string coding)
    {
        host.Grains.OnConversation = static (conversation, _) => conversation.Completes("x");
        using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        Assert.True(content.Headers.TryAddWithoutValidation("Content-Encoding", coding));
        return await host.Client.PostAsync("/v1/chat/completions", content);
    }

    private static byte[] Encode(string coding, byte[] body)
    {
        var encoded = new MemoryStream();
        using (var encoder = Encoder(coding, encoded))
        {
            encoder.Write(body);
        }

        return encoded.ToArray();
    }

    private static Stream Encoder(string coding, Stream encoded) =>
        coding.ToLowerInvariant() switch
        {
            "gzip" or "x-gzip" => new GZipStream(encoded, CompressionLevel.Fastest),
            "deflate" => new ZLibStream(encoded, CompressionLevel.Fastest),
            "raw" => new DeflateStream(encoded, CompressionLevel.Fastest),
            "br" => new BrotliStream(encoded, CompressionLevel.Fastest),
            "zstd" => new CompressionStream(encoded, leaveOpen: false),
            _ => new BufferedStream(encoded),
        };
}
