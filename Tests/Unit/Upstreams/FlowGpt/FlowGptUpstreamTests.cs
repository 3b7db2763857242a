using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Upstreams.FlowGpt;

namespace FlowGpt.Tests.Unit.Upstreams.FlowGpt;

/// <summary>The requests that are sent, and replies without faults.</summary>
public sealed class FlowGptUpstreamTests : FlowGptUpstreamTestBase
{
    private static readonly Item[] ThreeTurns =
    [
        Messages.System("Be brief."),
        Messages.User("One?"),
        Messages.Assistant("1."),
        Messages.User("Two?"),
    ];

    [Fact]
    public async Task Open_ConversationMode_CreatesThenAsks()
    {
        await using var reply = await Upstream.OpenAsync(Call(ThreeTurns), Deadline);

        Assert.Equal("Hello", await ReadAllAsync(reply));
        Assert.Equal("c-1", reply.ConversationId);
        Assert.Equal(["/conversation/create", "/v3/chat"], Backend.Requests.Select(request => request.Path));
        var create = Backend.Requests.First().Body;
        Assert.Equal("prompt-1", create.GetProperty("promptId").GetString());
        Assert.Equal("CHAT_PAGE", create.GetProperty("location").GetString());
        Assert.Equal(
            """[{"role":"system","content":"Be brief."},{"role":"user","content":"One?"},{"role":"assistant","content":"1."}]""",
            create.GetProperty("messages").GetRawText()
        );
        var chat = Backend.Requests.Last().Body;
        Assert.Equal("c-1", chat.GetProperty("conversationId").GetString());
        Assert.False(chat.TryGetProperty("history", out _));
        Assert.False(chat.TryGetProperty("system", out _));
        AssertChatFields(chat, question: "Two?");
    }

    [Fact]
    public async Task Open_ConversationKnown_SendsOnlyTheQuestion()
    {
        await using var reply = await Upstream.OpenAsync(Call(ThreeTurns) with { ConversationId = "known" }, Deadline);

        Assert.Equal("Hello", await ReadAllAsync(reply));
        Assert.Equal("known", reply.ConversationId);
        var chat = Assert.Single(Backend.Requests);
        Assert.Equal("/v3/chat", chat.Path);
        Assert.Equal("known", chat.Body.GetProperty("conversationId").GetString());
        AssertChatFields(chat.Body, question: "Two?");
    }

    [Fact]
    public async Task Open_ConversationKnownButAssistantSpokeLast_CreatesAnew()
    {
        await ReplyAsync(Call(ThreeTurns[..3]) with { ConversationId = "known" });

        Assert.Equal(2, Backend.Requests.Count);
        Assert.Equal("c-1", Backend.Requests.Last().Body.GetProperty("conversationId").GetString());
    }

    [Fact]
    public async Task Open_HistoryMode_SendsAllInOneRequest()
    {
        Options.ContextMode = ContextModes.History;

        await using var reply = await Upstream.OpenAsync(Call(ThreeTurns) with { ConversationId = "ignored" }, Deadline);

        Assert.Equal("Hello", await ReadAllAsync(reply));
        Assert.Null(reply.ConversationId);
        var chat = Assert.Single(Backend.Requests).Body;
        Assert.False(chat.TryGetProperty("conversationId", out _));
        Assert.Equal("Be brief.", chat.GetProperty("system").GetString());
        Assert.Equal(
            """[{"role":"user","content":"One?"},{"role":"assistant","content":"1."}]""",
            chat.GetProperty("history").GetRawText()
        );
        AssertChatFields(chat, question: "Two?");
    }

    /// <summary>Defect 5 of the original proxy: the last user turn sent twice.</summary>
    [Theory]
    [InlineData(ContextModes.Conversation)]
    [InlineData(ContextModes.History)]
    public async Task Open_EitherMode_SendsTheQuestionOnce(string mode)
    {
        Options.ContextMode = mode;

        await ReplyAsync(Call(ThreeTurns));

        var sent = string.Concat(Backend.Requests.Select(request => request.Body.GetRawText()));
        Assert.Equal(2, sent.Split("Two?").Length);
    }

    [Fact]
    public async Task Open_ChatRequest_HasEveryHeaderAndIsSigned()
    {
        Options.ExtraHeaders = new() { ["User-Agent"] = "Test/1", ["Accept-Language"] = "de" };

        await ReplyAsync();

        var headers = Backend.Requests.Last().Headers;
        Assert.Equal("*/*", headers["Accept"]);
        Assert.Equal("de", headers["Accept-Language"]);
        Assert.Equal("Test/1", headers["User-Agent"]);
        Assert.Equal($"Bearer {Token}", headers["Authorization"]);
        Assert.Equal("application/json", headers["Content-Type"]);
        Assert.Equal("https://flowgpt.com", headers["Origin"]);
        Assert.Equal("https://flowgpt.com/", headers["Referer"]);
        Assert.Equal("device-1", headers["x-flow-device-id"]);
        Assert.Equal("en", headers["x-flow-language"]);
        Assert.Equal("a1", headers["X-Account"]);
        Assert.Equal("1700000000", headers["x-timestamp"]);
        Assert.Matches("^[0-9a-f]{32}$", headers["x-nonce"]);
        Assert.Equal(
            RequestSigner.Sign(SignatureForm.DashAuthorization, "1700000000", headers["x-nonce"], $"Bearer {Token}", "device-1"),
            headers["x-signature"]
        );
        Assert.DoesNotContain("Cookie", headers.Keys);
        Assert.DoesNotContain("Accept-Encoding", headers.Keys);
        Assert.DoesNotContain("traceparent", headers.Keys);
    }

    [Fact]
    public async Task Open_CreateRequest_HasTheSameHeadersUnsigned()
    {
        await ReplyAsync();

        var create = Backend.Requests.First().Headers;
        var chat = Backend.Requests.Last().Headers;
        string[] signature = ["x-nonce", "x-timestamp", "x-signature"];
        Assert.Empty(create.Keys.Intersect(signature, StringComparer.OrdinalIgnoreCase));
        Assert.Equal(
            chat.Keys.Except(signature, StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal),
            create.Keys.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Open_AccountHeaders_WinOverOptionsButNeverOverIdentity()
    {
        Options.ExtraHeaders = new() { ["X-Account"] = "options" };
        var credential = Credential with
        {
            ExtraHeaders = ImmutableDictionary<string, string>
                .Empty.Add("X-Account", "account")
                .Add("Authorization", "other")
                .Add("Content-Language", "en"),
        };

        await ReplyAsync(Call() with { Credential = credential });

        var headers = Backend.Requests.Last().Headers;
        Assert.Equal("account", headers["X-Account"]);
        Assert.Equal($"Bearer {Token}", headers["Authorization"]);
        Assert.Equal("en", headers["Content-Language"]);
    }

    [Fact]
    public async Task Open_CallerNamesATemperature_SendsIt()
    {
        await ReplyAsync(Call() with { Sampling = new() { Temperature = 1.25 } });

        Assert.Equal(1.25, Backend.Requests.Last().Body.GetProperty("temperature").GetDouble());
    }

    [Fact]
    public async Task Open_TokenIsNotAJwt_SendsAnEmptyUserId()
    {
        await ReplyAsync(Call() with { Credential = CredentialOf("opaque", "device-1") });

        Assert.Equal("", Backend.Requests.Last().Body.GetProperty("userId").GetString());
    }

    [Fact]
    public async Task Open_TextWithEverything_ArrivesUnchanged()
    {
        const string Text = "quote \" backslash \\ newline \n tab \t euro € emoji 🙂 <tag> \u2028 \u0001 end";

        await ReplyAsync(Call(Messages.User(Text)));

        Assert.Equal(Text, Backend.Requests.Last().Body.GetProperty("question").GetString());
    }

    private static void AssertChatFields(JsonElement chat, string question)
    {
        Assert.Equal("FlowGPT-Ares", chat.GetProperty("model").GetString());
        Assert.Equal("prompt-1", chat.GetProperty("promptId").GetString());
        Assert.Equal("user-1", chat.GetProperty("userId").GetString());
        Assert.Equal(question, chat.GetProperty("question").GetString());
        Assert.Equal("0.7", chat.GetProperty("temperature").GetDouble().ToString(CultureInfo.InvariantCulture));
        Assert.False(chat.GetProperty("nsfw").GetBoolean());
        Assert.False(chat.GetProperty("generateImage").GetBoolean());
        Assert.False(chat.GetProperty("generateAudio").GetBoolean());
        Assert.Equal(0, chat.GetProperty("documentIds").GetArrayLength());
    }
}
