using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>A chat completion request.</summary>
/// <param name="Text">The last user message.</param>
internal sealed record ChatBody(string Text)
{
    public string Model { get; init; } = Gateway.Model;

    public bool Stream { get; init; }

    /// <summary>Messages before the last one, as role and content.</summary>
    public (string Role, string Content)[] Earlier { get; init; } = [];

    /// <summary>Further fields of the body.</summary>
    public JsonObject Fields { get; init; } = [];

    public string? Conversation { get; init; }

    public string? IdempotencyKey { get; init; }

    public HttpRequestMessage ToRequest()
    {
        var messages = new JsonArray();
        foreach (var (role, content) in (ReadOnlySpan<(string, string)>)[.. Earlier, ("user", Text)])
        {
            messages.Add(new JsonObject { ["role"] = role, ["content"] = content });
        }

        var body = (JsonObject)Fields.DeepClone();
        body["model"] = Model;
        body["messages"] = messages;
        if (Stream)
        {
            body["stream"] = true;
        }

        return Raw(body.ToJsonString(), Conversation, IdempotencyKey);
    }

    /// <summary>A request with any body.</summary>
    public static HttpRequestMessage Raw(string body, string? conversation = null, string? idempotencyKey = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (conversation is not null)
        {
            request.Headers.Add("X-Conversation-Id", conversation);
        }

        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        return request;
    }
}
