using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>Every request that real clients were seen to send is answered with the right status and form, on each kind of target.</summary>
public sealed class RecordedRequestTests(AnthropicPoolFixture fixture) : IClassFixture<AnthropicPoolFixture>
{
    private static readonly string[] Models = [Gateway.Model, AnthropicPoolFixture.Compatible, AnthropicPoolFixture.Claude];

    public static TheoryData<string> Names { get; } = [.. RecordedRequest.All.Select(static request => request.Name)];

    [Fact]
    public void Requests_AreAllThere() => Assert.Equal(152, Names.Count);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Send_RequestOfAClient_IsAnsweredInItsForm(string name)
    {
        var request = RecordedRequest.Named(name);
        foreach (var model in Models)
        {
            var (path, body) = await PrepareAsync(request, model);
            var (status, text, type) = await SendAsync(request.Method, path, body, request.Headers);
            Check(request, body, status, text, type);
        }
    }

    private static void Check(RecordedRequest request, JsonObject? body, int status, string text, string? type)
    {
        if ((string?)body?["thread"]?["type"] == "continue")
        {
            // The thread belongs to another server: clients then send the whole history.
            Assert.True(status == 400, $"{status}: {text}");
            Assert.StartsWith("thread_", (string)JsonNode.Parse(text)!["error"]!["details"]!["error_code"]!, StringComparison.Ordinal);
            return;
        }

        Assert.True(status == 200, $"{status}: {text}");
        Assert.Equal(request.IsStreamed ? "text/event-stream" : "application/json", type);
        var wantsCall = body?["tools"] is JsonArray { Count: > 0 } && !text.Contains("returned", StringComparison.Ordinal);
        switch (request.Path.Split('?')[0].Split('/')[2])
        {
            case "chat" when request.IsStreamed:
                Assert.Equal(wantsCall && MentionsTool(body!), WireForm.ChatStream(text)["tool_calls"]!.AsArray().Count > 0);
                break;
            case "chat":
                Assert.Equal(wantsCall && MentionsTool(body!), WireForm.Chat(text).ContainsKey("tool_calls"));
                break;
            case "responses" when request.Method == HttpMethod.Delete:
                Assert.True((bool)JsonNode.Parse(text)!["deleted"]!);
                break;
            case "responses":
                var response = request.IsStreamed ? WireForm.ResponseStream(text) : WireForm.Response(JsonNode.Parse(text));
                Assert.Equal("completed", (string?)response["status"]);
                Assert.NotEmpty(response["output"]!.AsArray());
                break;
            case "messages" when request.Path.Contains("count_tokens", StringComparison.Ordinal):
                Assert.True((int)JsonNode.Parse(text)!["input_tokens"]! > 0);
                break;
            case "messages" when request.IsStreamed:
                Assert.Equal(wantsCall && MentionsTool(body!), (string?)WireForm.MessageStream(text).Delta["stop_reason"] == "tool_use");
                break;
            case "messages":
                Assert.Equal(wantsCall && MentionsTool(body!), (string?)WireForm.Message(text)["stop_reason"] == "tool_use");
                break;
            case "embeddings":
                Assert.Equal((string?)body!["encoding_format"] == "base64", JsonNode.Parse(text)!["data"]![0]!["embedding"] is JsonValue);
                break;
            case "models":
                Assert.NotEmpty(JsonNode.Parse(text)!["data"]!.AsArray());
                break;
            case "conversations":
                Assert.False(string.IsNullOrEmpty((string?)JsonNode.Parse(text)!["object"]));
                break;
            default:
                Assert.Fail($"No form is known for {request.Path}.");
                break;
        }
    }

    /// <summary>Whether the simulator calls a tool: one that is named or demanded, unless tools are forbidden.</summary>
    private static bool MentionsTool(JsonObject body) =>
        (
            body["tool_choice"] is { } choice
                ? choice.GetValueKind() == System.Text.Json.JsonValueKind.Object || (string?)choice == "required"
                : false
        ) || body["tools"]!.AsArray().Any(static tool => (string?)(tool!["function"] ?? tool)["name"] == "get_weather");

    /// <summary>The request with a model and with ids of this gateway in place of those of the server to which the client sent the request.</summary>
    private async Task<(string Path, JsonObject? Body)> PrepareAsync(RecordedRequest request, string model)
    {
        var body = request.Body?.DeepClone().AsObject();
        var path = request.Path;
        if (body?.ContainsKey("model") == true)
        {
            body["model"] = path.StartsWith("/v1/embeddings", StringComparison.Ordinal) ? AnthropicPoolFixture.Embedding : model;
        }

        if (path.Contains("{conv}", StringComparison.Ordinal) || body?["conversation"] is not null)
        {
            var made = await MakeAsync("/v1/conversations", []);
            path = path.Replace("{conv}", (string?)made["id"], StringComparison.Ordinal);
            if (body?["conversation"] is not null)
            {
                body["conversation"] = (string?)made["id"];
            }
        }

        if (path.Contains("{resp}", StringComparison.Ordinal) || body?["previous_response_id"] is not null)
        {
            await ContinueAsync();
        }

        return (path, body);

        async Task ContinueAsync()
        {
            var output = (body?["input"] as JsonArray)?.FirstOrDefault(static item => (string?)item!["type"] == "function_call_output");
            var first = new JsonObject { ["model"] = model, ["input"] = output is null ? "Hello" : "Use get_weather for Oslo" };
            if (output is not null)
            {
                first["tools"] = body!["tools"]?.DeepClone() ?? new JsonArray(Weather());
            }

            var made = await MakeAsync("/v1/responses", first);
            path = path.Replace("{resp}", (string?)made["id"], StringComparison.Ordinal);
            if (body is not null)
            {
                body["previous_response_id"] = (string?)made["id"];
            }

            if (output is not null)
            {
                output["call_id"] = (string?)made["output"]![0]!["call_id"];
            }
        }
    }

    private static JsonObject Weather() =>
        new()
        {
            ["type"] = "function",
            ["name"] = "get_weather",
            ["parameters"] = JsonNode.Parse("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}"""),
        };

    private async Task<JsonNode> MakeAsync(string path, JsonObject body)
    {
        var (status, text, _) = await SendAsync(HttpMethod.Post, path, body, new JsonObject { ["key"] = "authorization" });
        Assert.True(status == 200, text);
        return JsonNode.Parse(text)!;
    }

    private async Task<(int Status, string Text, string? Type)> SendAsync(
        HttpMethod method,
        string path,
        JsonObject? body,
        JsonObject headers
    )
    {
        using var message = new HttpRequestMessage(method, new Uri(fixture.Gateway.Http.BaseAddress!, path));
        if (body is not null)
        {
            message.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        foreach (var (name, value) in headers)
        {
            if (name != "key")
            {
                message.Headers.TryAddWithoutValidation(name, (string?)value);
            }
        }

        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        if ((string?)headers["key"] == "x-api-key")
        {
            message.Headers.Add("x-api-key", Gateway.MasterKey);
        }
        else
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Gateway.MasterKey);
        }

        using var response = await Soon.Happens(client.SendAsync(message), "the gateway answers");
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Content.Headers.ContentType?.MediaType);
    }
}
