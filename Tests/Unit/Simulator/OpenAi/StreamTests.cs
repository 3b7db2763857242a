using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using FlowGpt.Simulator.Accounts;

namespace FlowGpt.Tests.Unit.Simulator.OpenAi;

/// <summary>The forms that a stream can have on demand, and the ways it can break.</summary>
public sealed class StreamTests
{
    private const string Asked = "\"stream_options\":{\"include_usage\":true}";

    // Where the usage is: on no chunk, on the one with the finish reason, or on one without choices before or after it.
    [Theory]
    [InlineData("", "", "")]
    [InlineData("", Asked, "after")]
    [InlineData("usage=never", Asked, "")]
    [InlineData("usage=always", "", "after")]
    [InlineData("usage=before-finish", "", "before")]
    [InlineData("usage=on-finish", "", "on")]
    public async Task Usage_IsWhereTheSettingPutsIt(string directive, string field, string expected)
    {
        await using var client = await OpenAiFaceClient.StartAsync();

        var chunks = (await client.ChunksAsync($"hi [[sim: {directive}]]", field)).ToList();

        var told = chunks.FindIndex(static chunk =>
            chunk.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object
        );
        var finish = chunks.FindIndex(static chunk => OpenAiFaceClient.FinishReasons([chunk]).Length > 0);
        Assert.Equal(
            expected,
            told < 0 ? ""
                : told == finish ? "on"
                : told < finish ? "before"
                : "after"
        );
        if (told >= 0)
        {
            Assert.Equal(2, chunks[told].GetProperty("usage").GetProperty("completion_tokens").GetInt32());
            Assert.Equal(told == finish ? 1 : 0, chunks[told].GetProperty("choices").GetArrayLength());
        }
    }

    [Fact]
    public async Task Usage_WhenAskedFor_IsNullOnEveryOtherChunk()
    {
        await using var client = await OpenAiFaceClient.StartAsync();

        var asked = await client.ChunksAsync("hi", Asked);
        var unasked = await client.ChunksAsync("hi");

        Assert.All(asked.SkipLast(1), static chunk => Assert.Equal(JsonValueKind.Null, chunk.GetProperty("usage").ValueKind));
        Assert.All(unasked, static chunk => Assert.False(chunk.TryGetProperty("usage", out _)));
    }

    [Theory]
    [InlineData("comments", ": ", true)]
    [InlineData("cr", "\r\n\r\n", true)]
    [InlineData("no-space", "data:{", true)]
    [InlineData("blank", "\n\n\n", true)]
    [InlineData("escape", "\\u6771", true)]
    [InlineData("empty-choices", "\"choices\":[]", true)]
    [InlineData("extra={\"vendor\":{\"x\":[1]}}", "\"vendor\":{\"x\":[1]}", true)]
    [InlineData("no-done", "[DONE]", false)]
    [InlineData("no-finish", "\"finish_reason\":\"stop\"", false)]
    public async Task Form_OfStream_IsAsked_AndItsTextIsTheSame(string directive, string mark, bool has)
    {
        await using var client = await OpenAiFaceClient.StartAsync();

        using var response = await client.AskAsync($"naïve 東京 [[sim: {directive}]]", "\"stream\":true");
        var body = await response.Content.ReadAsStringAsync(OpenAiFaceClient.Deadline);

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(has, body.Contains(mark, StringComparison.Ordinal));
        Assert.Equal("Echo: naïve 東京", OpenAiFaceClient.Joined(OpenAiFaceClient.Chunks(body)));
        Assert.Equal(ReplyEnd.Completed, client.Latest.End);
    }

    [Theory]
    [InlineData("split-bytes=1", 1)]
    [InlineData("split-bytes=7", 7)]
    [InlineData("split flush", 4096)]
    public async Task Bytes_SplitAnywhere_AreTheSameText(string directive, int most)
    {
        await using var client = await OpenAiFaceClient.StartAsync();

        using var response = await client.AskAsync($"naïve 東京 🚀 [[sim: {directive}]]", "\"stream\":true");
        await using var body = await response.Content.ReadAsStreamAsync(OpenAiFaceClient.Deadline);
        var read = new MemoryStream();
        await body.CopyToAsync(read, most, OpenAiFaceClient.Deadline);

        Assert.Equal("Echo: naïve 東京 🚀", OpenAiFaceClient.Joined(OpenAiFaceClient.Chunks(Encoding.UTF8.GetString(read.ToArray()))));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task Compression_OfStream_CanBeReadEventByEvent(string encoding)
    {
        await using var client = await OpenAiFaceClient.StartAsync();
        using var plain = new HttpClient(new SocketsHttpHandler()) { BaseAddress = client.Host.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions");
        request.Headers.Add("Authorization", "Bearer " + client.Host.IssueApiKey("k1"));
        request.Content = new StringContent(
            OpenAiFaceClient.Body($"one two [[sim: compress={encoding} fault=stall-after:2]]", "\"stream\":true")
        );

        using var response = await plain.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, OpenAiFaceClient.Deadline);
        await using var raw = await response.Content.ReadAsStreamAsync(OpenAiFaceClient.Deadline);
        await using Stream body =
            encoding == "br" ? new BrotliStream(raw, CompressionMode.Decompress) : new GZipStream(raw, CompressionMode.Decompress);
        using var lines = new StreamReader(body);
        var text = "";
        while (!text.Contains("one", StringComparison.Ordinal))
        {
            text += await lines.ReadLineAsync(OpenAiFaceClient.Deadline) + "\n";
        }

        Assert.Equal(encoding, Assert.Single(response.Content.Headers.ContentEncoding));
        Assert.Equal("Echo: one", OpenAiFaceClient.Joined(OpenAiFaceClient.Chunks(text)));
        Assert.Equal(1, client.Truth.Open);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task Compression_OfWholeRepliesAndErrors_IsUndoneByTheClient(string encoding)
    {
        await using var client = await OpenAiFaceClient.StartAsync();

        var whole = await client.WholeAsync($"hi [[sim: compress={encoding}]]");
        using var error = await client.AskAsync($"hi [[sim: compress={encoding} fault=server-error]]");

        Assert.Equal("Echo: hi", whole.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
        Assert.Equal((HttpStatusCode.InternalServerError, "server_error", null, null), await OpenAiFaceClient.ErrorAsync(error));
    }

    [Theory]
    [InlineData("reset-after:2", false, "Echo: one")]
    [InlineData("close-after:2", false, "Echo: one")]
    [InlineData("cut-line-after:2", true, "Echo: one")]
    [InlineData("error-frame-after:2", true, "Echo: one")]
    [InlineData("reset-after:0", false, "")]
    public async Task Fault_InTheMiddle_BreaksAfterTheFragmentsThatAreCounted(string fault, bool whole, string expected)
    {
        await using var client = await OpenAiFaceClient.StartAsync();

        using var response = await client.AskAsync($"one two three [[sim: fault={fault}]]", "\"stream\":true");
        var body = new MemoryStream();
        var ended = true;
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(OpenAiFaceClient.Deadline);
            await stream.CopyToAsync(body, OpenAiFaceClient.Deadline);
        }
        catch (Exception exception) when (exception is HttpIOException or IOException)
        {
            ended = false;
        }

        var text = Encoding.UTF8.GetString(body.ToArray());
        var frames = text[..(text.LastIndexOf("\n\n", StringComparison.Ordinal) + 1)];
        var chunks = OpenAiFaceClient.Chunks(frames);
        Assert.Equal(whole, ended);
        Assert.Equal(expected, OpenAiFaceClient.Joined(chunks.Where(static chunk => chunk.TryGetProperty("choices", out _))));
        Assert.Equal(fault.StartsWith("error", StringComparison.Ordinal), text.Contains("\"error\":", StringComparison.Ordinal));
        Assert.Equal((ReplyEnd.CutByFault, expected), (client.Latest.End, client.Latest.Text));
        Assert.Equal((1, 0), (client.Truth.CutByFault, client.Truth.Open));
    }

    [Fact]
    public async Task Whole_ReplyThatIsReset_BreaksInTheMiddleOfItsBody()
    {
        await using var client = await OpenAiFaceClient.StartAsync();

        using var response = await client.AskAsync("one [[sim: fault=reset-after:1]]");

        await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsStringAsync(OpenAiFaceClient.Deadline));
        Assert.Equal(ReplyEnd.CutByFault, client.Latest.End);
    }

    [Fact]
    public async Task Client_ThatLeavesAStalledStream_IsRecordedWithWhatItWasSent()
    {
        await using var client = await OpenAiFaceClient.StartAsync();

        var response = await client.AskAsync("one two three [[sim: fault=stall-after:2]]", "\"stream\":true");
        response.Dispose();
        await client.Host.Truth.WaitUntilAsync(static truth => truth is { OpenStreams: 0, Accepted: 1 }, OpenAiFaceClient.Deadline);

        Assert.Equal(2, client.Truth.CompletionTokens);
        Assert.Equal("Echo: one", client.Latest.Text);
    }

    [Fact]
    public async Task Headers_First_ComeBeforeTheFirstTokensDelay()
    {
        await using var client = await OpenAiFaceClient.StartAsync();

        using (var response = await client.AskAsync("hi [[sim: headers-first first=1h]]", "\"stream\":true"))
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(1, client.Truth.Open);
        }

        await client.Host.Truth.WaitUntilAsync(static truth => truth.OpenStreams == 0, OpenAiFaceClient.Deadline);
        Assert.Equal((1, 0), (client.Truth.CutByClient, client.Truth.CompletionTokens));
    }

    [Fact]
    public async Task CloseIdle_ClosesTheConnectionAfterAWholeReply()
    {
        await using var client = await OpenAiFaceClient.StartAsync();

        var reply = await client.WholeAsync("hi [[sim: close-idle]]");
        var after = await client.Host.Truth.WaitUntilAsync(static truth => truth.Global.OpenConnections == 0, OpenAiFaceClient.Deadline);

        Assert.Equal("Echo: hi", reply.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
        Assert.Equal(1, after.Global.Connections);
    }
}
