using System.Text;
using System.Text.Json.Nodes;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;

namespace FlowGpt.Tests.Unit.ApiFrontend.Dialects;

/// <summary>The form of failures in each dialect: ends of failed and cancelled streams, an upstream without capacity, unknown values.</summary>
public sealed class AnswerFormTests
{
    private const string Responses = """{"model":"gpt-4-free","store":false,"stream":true,"input":"hi"}""";

    private const string Messages = """{"model":"gpt-4-free","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"hi"}]}""";

    [Theory]
    [InlineData("/v1/responses", Responses, "event: response.failed\n", "data: [DONE]\n\n")]
    [InlineData("/v1/messages", Messages, "event: error\n", "\n\n")]
    public async Task Stream_FailsAfterText_EndsWithItsEventAndAWholeBody(string path, string body, string last, string end)
    {
        await using var host = await FrontendHost.StartAsync();
        host.Grains.OnConversation = (conversation, _) => conversation.Gives(Half()).Fails(TurnErrorKind.UpstreamFailed);

        using var response = await PostAsync(host, path, body);
        var (text, isWhole) = await BrokenBody.ReadAsync(response);

        Assert.True(isWhole);
        Assert.Contains(last, text, StringComparison.Ordinal);
        Assert.EndsWith(end, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Responses_CancelledAfterText_EndWithTheCancelledResponseAndNoError()
    {
        await using var host = await FrontendHost.StartAsync();
        host.Grains.OnConversation = (conversation, n) =>
        {
            conversation.Gives(Half());
            _ = conversation.Cancel($"turn {n}").AsTask();
        };

        using var response = await PostAsync(host, "/v1/responses", Responses);
        var (text, isWhole) = await BrokenBody.ReadAsync(response);

        var frames = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.True(isWhole);
        Assert.Equal("data: [DONE]", frames[^1]);
        Assert.StartsWith("event: response.incomplete\n", frames[^2], StringComparison.Ordinal);
        var last = JsonNode.Parse(frames[^2].Split("data: ")[1])!["response"]!;
        Assert.Equal("cancelled", (string?)last["status"]);
        Assert.Contains("half", last["output"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("event: error\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/responses", Responses, 503, "overloaded")]
    [InlineData("/v1/messages", Messages, 529, "overloaded_error")]
    public async Task Post_UpstreamHasNoCapacity_IsToldInTheDialectsForm(string path, string body, int status, string word)
    {
        await using var host = await FrontendHost.StartAsync();
        host.Grains.OnConversation = (conversation, _) => conversation.Fails(TurnErrorKind.Overloaded, retryAfter: TimeSpan.FromSeconds(3));

        using var response = await PostAsync(host, path, body);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Contains($"\"{word}\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("3", response.Headers.GetValues("retry-after").Single());
    }

    [Theory]
    [InlineData(
        "/v1/chat/completions",
        "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"a\":DEEP}}}]",
        "tools[0].function.parameters"
    )]
    [InlineData(
        "/v1/responses",
        "\"input\":[{\"role\":\"user\",\"content\":\"x\"},{\"role\":\"user\",\"content\":DEEP}]",
        "input[1].content"
    )]
    [InlineData("/v1/embeddings", "\"input\":DEEP", "input")]
    public async Task Post_NestedTooDeep_NamesTheFieldAndTheLimit(string path, string fields, string param)
    {
        await using var host = await FrontendHost.StartAsync();
        var deep = new string('[', 200) + new string(']', 200);

        using var response = await PostAsync(
            host,
            path,
            "{\"model\":\"gpt-4-free\"," + fields.Replace("DEEP", deep, StringComparison.Ordinal) + "}"
        );
        var error = await ErrorBody.ReadAsync(response);

        Assert.Equal(400, (int)response.StatusCode);
        Assert.StartsWith(param, error.Param, StringComparison.Ordinal);
        Assert.Contains("at most 64 levels", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/responses/resp_x?stream=maybe", "stream")]
    [InlineData("/v1/responses/resp_x?stream=true&starting_after=-1", "starting_after")]
    [InlineData("/v1/chat/completions/chatcmpl-x?stream=maybe", "stream")]
    public async Task Get_ValueThatNobodyKnows_NamesTheParameter(string path, string param)
    {
        await using var host = await FrontendHost.StartAsync();

        using var response = await host.Client.GetAsync(path);

        Assert.Equal((400, param), ((int)response.StatusCode, (await ErrorBody.ReadAsync(response)).Param));
    }

    [Fact]
    public async Task Responses_IncludeThatNobodyKnows_NamesTheField()
    {
        await using var host = await FrontendHost.StartAsync();

        using var response = await PostAsync(
            host,
            "/v1/responses",
            Responses.Insert(1, "\"include\":[\"reasoning.encrypted_content\",\"zz\"],")
        );

        Assert.Equal((400, "include[1]"), ((int)response.StatusCode, (await ErrorBody.ReadAsync(response)).Param));
    }

    [Fact]
    public async Task Responses_ToolTypeBeyondAscii_IsPercentEncodedInTheHeader()
    {
        await using var host = await FrontendHost.StartAsync();
        host.Grains.OnConversation = (conversation, _) => conversation.Completes("ok");

        using var response = await PostAsync(
            host,
            "/v1/responses",
            Responses.Insert(1, "\"tools\":[{\"type\":\"web_search\"},{\"type\":\"caf\u00e9_search\"}],")
        );

        Assert.Equal("web_search, caf%C3%A9_search", response.Headers.GetValues("X-Tools-Left-Out").Single());
    }

    [Fact]
    public async Task Responses_ToolThatNobodyHereRuns_IsRefusedByNameWhereTheOperatorWantsIt()
    {
        await using var host = await FrontendHost.StartAsync(static options => options.RejectBuiltInTools = true);

        using var response = await PostAsync(
            host,
            "/v1/responses",
            Responses.Insert(1, "\"tools\":[{\"type\":\"function\",\"name\":\"f\"},{\"type\":\"web_search\"}],")
        );

        var error = await ErrorBody.ReadAsync(response);
        Assert.Equal((400, "tools[1].type"), ((int)response.StatusCode, error.Param));
        Assert.Contains("web_search", error.Message, StringComparison.Ordinal);
        Assert.Empty(host.Grains.Conversations);
    }

    [Fact]
    public async Task Messages_MethodThatNobodyTakes_IsAnErrorInAnthropicsForm()
    {
        await using var host = await FrontendHost.StartAsync();

        using var response = await host.Client.GetAsync("/v1/messages");
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

        Assert.Equal((405, "error"), ((int)response.StatusCode, (string?)body["type"]));
        Assert.Equal("invalid_request_error", (string?)body["error"]!["type"]);
        Assert.Equal(response.Headers.GetValues("request-id").Single(), (string?)body["request_id"]);
    }

    [Theory]
    [InlineData("", "gpt-4-free,vendor/name", false)]
    [InlineData("?limit=1", "gpt-4-free", true)]
    [InlineData("?after_id=gpt-4-free", "vendor/name", false)]
    [InlineData("?limit=1&before_id=vendor/name", "gpt-4-free", false)]
    [InlineData("?after_id=vendor/name", "", false)]
    public async Task Models_OfAnAnthropicClient_ComeInPages(string query, string ids, bool hasMore)
    {
        await using var host = await FrontendHost.StartAsync();

        using var response = await GetModelsAsync(host, query);
        var page = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

        Assert.Equal(ids, string.Join(',', page["data"]!.AsArray().Select(static model => (string?)model!["id"])));
        Assert.Equal(hasMore, (bool)page["has_more"]!);
    }

    [Theory]
    [InlineData("?limit=0", "limit")]
    [InlineData("?after_id=nope", "after_id")]
    public async Task Models_OfAnAnthropicClientWithAWrongPage_Are400(string query, string param)
    {
        await using var host = await FrontendHost.StartAsync();

        using var response = await GetModelsAsync(host, query);

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains($"'{param}'", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Responses_Annotations_AreEventsAndMembersOfTheirText(bool stream)
    {
        const string Given =
            """{"annotations":[{"type":"url_citation","url_citation":{"url":"https://example.org/a","title":"A","start_index":0,"end_index":4}}]}""";
        const string Shown = """{"type":"url_citation","url":"https://example.org/a","title":"A","start_index":0,"end_index":4}""";
        await using var host = await FrontendHost.StartAsync();
        host.Grains.OnConversation = (conversation, _) =>
            conversation.Ends(
                FinishReason.Stop,
                new EventLog().Add(EventKind.MessageStarted, 0, "").Text(0, "text").Add(EventKind.Extension, 0, Given).End(0)
            );

        using var response = await PostAsync(
            host,
            "/v1/responses",
            stream ? Responses : Responses.Replace("\"stream\":true,", "", StringComparison.Ordinal)
        );
        var text = await response.Content.ReadAsStringAsync();

        Assert.Contains($"\"annotations\":[{Shown}],\"text\":\"text\"", text, StringComparison.Ordinal);
        Assert.Equal(stream, text.Contains($"\"annotation_index\":0,\"annotation\":{Shown}", StringComparison.Ordinal));
    }

    private static EventLog Half() => new EventLog().Add(EventKind.MessageStarted, 0, "").Text(0, "half");

    private static async Task<HttpResponseMessage> GetModelsAsync(FrontendHost host, string query)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models" + query);
        request.Headers.Add("anthropic-version", "2023-06-01");
        return await host.Client.SendAsync(request);
    }

    private static async Task<HttpResponseMessage> PostAsync(FrontendHost host, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        return await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}
