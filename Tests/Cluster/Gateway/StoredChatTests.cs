using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using OpenAI.Chat;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>Chat completions that are kept: listed, shown and streamed again with the same bytes, changed, deleted, and never visible to another client.</summary>
public sealed class StoredChatTests(OpenAiPoolFixture fixture) : IClassFixture<OpenAiPoolFixture>
{
    private const string Slow = "[[sim: tokens=30 flush per=20ms]]";

    private Gateway Gateway => fixture.Gateway;

    [Fact]
    public async Task Kept_IsShownChangedAndDeleted()
    {
        var made = Parse(await PostAsync("", Ask("Say exactly: keep this chat", note: "one")));
        var id = (string)made["id"]!;

        var shown = Parse(await GetAsync($"/{id}"));
        var changed = Parse(await PostAsync($"/{id}", new JsonObject { ["metadata"] = new JsonObject { ["topic"] = "two" } }));
        var shownAgain = Parse(await GetAsync($"/{id}"));
        var deleted = Parse(await SendAsync(Gateway.Http, HttpMethod.Delete, $"/{id}"));
        var gone = await GetAsync($"/{id}");

        Assert.True(JsonNode.DeepEquals(made, shown), shown.ToJsonString());
        Assert.Equal("one", (string?)shown["metadata"]!["topic"]);
        Assert.Equal("two", (string?)changed["metadata"]!["topic"]);
        Assert.True(JsonNode.DeepEquals(changed, shownAgain));
        Assert.Equal(("chat.completion.deleted", true), ((string?)deleted["object"], (bool)deleted["deleted"]!));
        Assert.Equal(404, gone.Status);
        Assert.Equal(("not_found", "completion_id"), CodeOf(gone));
        Assert.Empty(await ListedAsync("?metadata[topic]=two"));
    }

    [Fact]
    public async Task NotKept_IsUnknownAfterwards()
    {
        var body = Ask("Say exactly: not kept", note: "x");
        body.Remove("store");

        var id = (string)Parse(await PostAsync("", body))["id"]!;

        Assert.Equal(404, (await GetAsync($"/{id}")).Status);
    }

    [Fact]
    public async Task List_IsPagedAndFiltered()
    {
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add((string)Parse(await PostAsync("", Ask($"Say exactly: {i}", note: i == 3 ? "list-odd" : "list")))["id"]!);
        }

        var page = Parse(await GetAsync("?metadata[topic]=list&limit=2"));
        var next = Parse(await GetAsync($"?metadata[topic]=list&limit=2&after={page["last_id"]}"));
        var newest = Parse(await GetAsync($"?metadata[topic]=list&limit=1&order=desc&model={OpenAiPoolFixture.Model}"));
        var wrong = await GetAsync("?after=chatcmpl-nonsense");
        var tooMany = await GetAsync("?limit=1000");

        Assert.Equal([ids[0], ids[1]], IdsOf(page));
        Assert.Equal([ids[2], ids[4]], IdsOf(next));
        Assert.Equal((true, false), ((bool)page["has_more"]!, (bool)next["has_more"]!));
        Assert.Equal([ids[4]], IdsOf(newest));
        Assert.Empty(await ListedAsync("?metadata[topic]=list&model=other"));
        Assert.Equal((400, 400), (wrong.Status, tooMany.Status));
    }

    [Fact]
    public async Task List_LeavesOutWhatIsDeleted()
    {
        var first = (string)Parse(await PostAsync("", Ask("Say exactly: a", note: "pair")))["id"]!;
        var second = (string)Parse(await PostAsync("", Ask("Say exactly: b", note: "pair")))["id"]!;

        Assert.Equal(200, (await SendAsync(Gateway.Http, HttpMethod.Delete, $"/{first}")).Status);

        Assert.Equal([second], await ListedAsync("?metadata[topic]=pair"));
    }

    [Fact]
    public async Task Messages_AreThoseOfTheRequest()
    {
        var body = Ask("unused", note: "messages");
        body["messages"] = JsonNode.Parse(
            """
            [{"role":"system","content":"Be short."},
             {"role":"user","content":"Weather?","name":"ann"},
             {"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"weather","arguments":"{}"}},{"id":"call_2","type":"function","function":{"name":"weather","arguments":"{\"a\":1}"}}]},
             {"role":"tool","tool_call_id":"call_1","content":"rain"},
             {"role":"tool","tool_call_id":"call_2","content":"sun"},
             {"role":"user","content":[{"type":"text","text":"Say exactly: done"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}]
            """
        );
        var id = (string)Parse(await PostAsync("", body))["id"]!;

        var all = Parse(await GetAsync($"/{id}/messages"));
        var newest = Parse(await GetAsync($"/{id}/messages?order=desc&limit=1"));
        var after = Parse(await GetAsync($"/{id}/messages?after={id}-3"));

        var data = all["data"]!.AsArray();
        Assert.Equal(["system", "user", "assistant", "tool", "tool", "user"], data.Select(static message => (string?)message!["role"]));
        Assert.Equal("ann", (string?)data[1]!["name"]);
        Assert.Equal("""{"a":1}""", (string?)data[2]!["tool_calls"]![1]!["function"]!["arguments"]);
        Assert.Equal(("call_2", "sun"), ((string?)data[4]!["tool_call_id"], (string?)data[4]!["content"]));
        Assert.Equal("image_url", (string?)data[5]!["content_parts"]![1]!["type"]);
        Assert.Equal([$"{id}-5"], IdsOf(newest));
        Assert.Equal([$"{id}-4", $"{id}-5"], IdsOf(after));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stream_ReadAgainAfterAnyFrame_HasTheBytesOfTheFirstDelivery(bool includesUsage)
    {
        var body = Ask($"Tell a chat story {Slow}", note: "stream");
        body["stream"] = true;
        if (includesUsage)
        {
            body["stream_options"] = new JsonObject { ["include_usage"] = true };
        }

        var first = WithoutPings((await PostAsync("", body)).Body);
        var frames = first.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        var id = (string)JsonNode.Parse(frames[0]["data: ".Length..])!["id"]!;

        foreach (var place in (int[])[0, 1, 7, frames.Length - 1, frames.Length])
        {
            var rest = WithoutPings((await GetAsync($"/{id}?stream=true&starting_after={place}")).Body);

            Assert.Equal(string.Concat(frames[place..].Select(static frame => frame + "\n\n")), rest);
        }

        Assert.Equal(400, (await GetAsync($"/{id}?stream=true&starting_after=-1")).Status);
    }

    [Fact]
    public async Task Stream_WhoseClientLeaves_GoesOnToItsEnd()
    {
        var body = Ask("Tell a chat story [[sim: tokens=60 flush per=20ms]]", note: "left");
        body["stream"] = true;
        string frame;
        using (var request = NewRequest(HttpMethod.Post, "", body))
        using (var answer = await Gateway.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
        {
            using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
            frame = (await reader.ReadLineAsync())!;
        }

        var id = (string)JsonNode.Parse(frame["data: ".Length..])!["id"]!;
        var rest = await GetAsync($"/{id}?stream=true&starting_after=1");

        Assert.EndsWith("data: [DONE]\n\n", rest.Body, StringComparison.Ordinal);
        Assert.Contains("\"finish_reason\":\"stop\"", rest.Body, StringComparison.Ordinal);
        Assert.Equal("stop", (string?)Parse(await GetAsync($"/{id}"))["choices"]![0]!["finish_reason"]);
    }

    [Fact]
    public async Task AnotherClientsCompletion_IsAnUnknownOne()
    {
        var id = (string)Parse(await PostAsync("", Ask("Say exactly: mine", note: "mine")))["id"]!;
        var unknown = "chatcmpl-" + new string('0', id.Length - 9);
        using var other = await NewClientAsync();

        foreach (
            var (method, path) in ((HttpMethod, string)[])
                [(HttpMethod.Get, ""), (HttpMethod.Get, "?stream=true"), (HttpMethod.Get, "/messages"), (HttpMethod.Delete, "")]
        )
        {
            var foreign = await SendAsync(other, method, $"/{id}{path}");
            var invented = await SendAsync(other, method, $"/{unknown}{path}");

            Assert.Equal((404, 404), (foreign.Status, invented.Status));
            Assert.Equal(
                invented.Body.Replace(unknown[..64], "ID", StringComparison.Ordinal),
                foreign.Body.Replace(id[..64], "ID", StringComparison.Ordinal)
            );
        }

        Assert.Empty(IdsOf(Parse(await SendAsync(other, HttpMethod.Get, ""))));
        Assert.Equal(200, (await GetAsync($"/{id}")).Status);
    }

    [Fact]
    public async Task IdempotencyKey_RepeatsTheKeptCompletion()
    {
        var body = Ask("Say exactly: once", note: "once");
        var first = Parse(await SendAsync(Gateway.Http, HttpMethod.Post, "", body, idempotencyKey: "kept-once"));
        var second = Parse(await SendAsync(Gateway.Http, HttpMethod.Post, "", body, idempotencyKey: "kept-once"));
        var other = await SendAsync(
            Gateway.Http,
            HttpMethod.Post,
            "",
            Ask("Say exactly: twice", note: "once"),
            idempotencyKey: "kept-once"
        );

        Assert.Equal((string?)first["id"], (string?)second["id"]);
        Assert.Equal(409, other.Status);
        Assert.Single(await ListedAsync("?metadata[topic]=once"));
    }

    [Fact]
    public async Task NamedConversation_StaysWhenItsCompletionIsDeleted()
    {
        var body = Ask("The code word: willow-kept. Remember it.", note: "named");
        body["metadata"]!["conversation_id"] = "kept-conversation";
        var id = (string)Parse(await PostAsync("", body))["id"]!;
        Assert.Equal(200, (await SendAsync(Gateway.Http, HttpMethod.Delete, $"/{id}")).Status);

        var next = Ask("What is the code word?", note: "named");
        next["metadata"]!["conversation_id"] = "kept-conversation";
        var answer = Parse(await PostAsync("", next));

        Assert.Contains("willow-kept", (string?)answer["choices"]![0]!["message"]!["content"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task OfficialSdk_GetsAndDeletesAKeptCompletion()
    {
        var sdk = Gateway.NewSdk(OpenAiPoolFixture.Model);
        var options = new ChatCompletionOptions { StoredOutputEnabled = true };
        options.Metadata["topic"] = "sdk";
        ChatCompletion made = await sdk.CompleteChatAsync([ChatMessage.CreateUserMessage("Say exactly: through the SDK")], options);

        ChatCompletion shown = await sdk.GetChatCompletionAsync(made.Id);
        ChatCompletionDeletionResult deleted = await sdk.DeleteChatCompletionAsync(made.Id);

        Assert.Equal("through the SDK", shown.Content[0].Text);
        Assert.True(deleted.Deleted);
    }

    private static JsonObject Ask(string text, string note) =>
        new()
        {
            ["model"] = OpenAiPoolFixture.Model,
            ["store"] = true,
            ["metadata"] = new JsonObject { ["topic"] = note },
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = text }),
        };

    private async Task<string[]> ListedAsync(string query) => IdsOf(Parse(await GetAsync(query)));

    private static string[] IdsOf(JsonNode list) => [.. list["data"]!.AsArray().Select(static one => (string)one!["id"]!)];

    private static (string? Code, string? Param) CodeOf((int Status, string Body) answer)
    {
        var error = JsonNode.Parse(answer.Body)!["error"]!;
        return ((string?)error["code"], (string?)error["param"]);
    }

    private static string WithoutPings(string body) => body.Replace(": ping\n", "", StringComparison.Ordinal);

    private static JsonNode Parse((int Status, string Body) answer)
    {
        Assert.True(answer.Status == 200, answer.Body);
        return JsonNode.Parse(answer.Body)!;
    }

    private Task<(int Status, string Body)> GetAsync(string path) => SendAsync(Gateway.Http, HttpMethod.Get, path);

    private Task<(int Status, string Body)> PostAsync(string path, JsonObject body) => SendAsync(Gateway.Http, HttpMethod.Post, path, body);

    private static HttpRequestMessage NewRequest(HttpMethod method, string path, JsonObject? body) =>
        new(method, "/v1/chat/completions" + path)
        {
            Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"),
        };

    private static async Task<(int Status, string Body)> SendAsync(
        HttpClient client,
        HttpMethod method,
        string path,
        JsonObject? body = null,
        string? idempotencyKey = null
    )
    {
        using var request = NewRequest(method, path, body);
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        using var answer = await client.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<HttpClient> NewClientAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/admin/keys")
        {
            Content = new StringContent("""{"name":"other chat"}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Gateway.AdminKey);
        using var answer = await Gateway.Http.SendAsync(request);
        var key = (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["key"]!;
        var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Gateway.Http.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }
}
