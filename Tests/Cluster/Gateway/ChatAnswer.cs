using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>The answer to a chat completion request, streamed or not.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">Everything that was received.</param>
/// <param name="Whole">Whether the body ended as HTTP demands.</param>
/// <param name="Headers">The response's headers.</param>
internal sealed record ChatAnswer(int Status, string Body, bool Whole, HttpResponseHeaders Headers)
{
    /// <summary>The chunks of a stream.</summary>
    public IReadOnlyList<JsonNode> Chunks =>
        [
            .. Body.Split("\n\n")
                .Where(frame => frame.StartsWith("data: {", StringComparison.Ordinal))
                .Select(frame => JsonNode.Parse(frame["data: ".Length..])!),
        ];

    /// <summary>The body of an answer that is one object.</summary>
    public JsonNode Json => JsonNode.Parse(Body)!;

    /// <summary>The reply's text, of either form.</summary>
    public string Text =>
        IsStream
            ? string.Concat(Chunks.Select(chunk => (string?)Choice(chunk)?["delta"]?["content"]))
            : (string)Json["choices"]![0]!["message"]!["content"]!;

    public string? FinishReason =>
        IsStream
            ? Chunks.Select(chunk => (string?)Choice(chunk)?["finish_reason"]).LastOrDefault(reason => reason is not null)
            : (string?)Json["choices"]![0]!["finish_reason"];

    public JsonNode? Error => IsStream ? Chunks.Select(chunk => chunk["error"]).LastOrDefault(error => error is not null) : Json["error"];

    public string Id => (string)(IsStream ? Chunks[0] : Json)["id"]!;

    private bool IsStream => Body.StartsWith("data:", StringComparison.Ordinal);

    public static async Task<ChatAnswer> ReadAsync(HttpResponseMessage response)
    {
        var received = new MemoryStream();
        var whole = true;
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
            await Soon.Happens(body.CopyToAsync(received, TestContext.Current.CancellationToken), "the answer ends");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            whole = false;
        }

        return new ChatAnswer((int)response.StatusCode, Encoding.UTF8.GetString(received.ToArray()), whole, response.Headers);
    }

    /// <summary>Checks an error's four fields; a null code or param is a JSON null.</summary>
    public void AssertError(int status, string type, string? code, string? param)
    {
        Assert.True(Status == status, $"expected {status}, got {Status}: {Body}");
        var error = Error!;
        Assert.Equal((type, code, param), ((string?)error["type"], (string?)error["code"], (string?)error["param"]));
        Assert.False(string.IsNullOrWhiteSpace((string?)error["message"]));
        Assert.Equal(["message", "type", "param", "code"], error.AsObject().Select(field => field.Key));
    }

    private static JsonNode? Choice(JsonNode chunk) => chunk["choices"] is JsonArray { Count: > 0 } choices ? choices[0] : null;
}
