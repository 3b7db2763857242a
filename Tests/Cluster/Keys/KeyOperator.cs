using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace FlowGpt.Tests.Cluster.Keys;

/// <summary>Makes and changes client keys by HTTP as an operator, and uses them as a client.</summary>
internal sealed class KeyOperator(Uri address, string adminKey = Gateway.Gateway.AdminKey)
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address, Timeout = Soon.Limit };

    /// <summary>Makes a key; fails the test unless it was made.</summary>
    public async Task<JsonNode> CreateAsync(string body)
    {
        var made = await SendAsync(HttpMethod.Post, "/admin/keys", body);
        Assert.True(made.Status == 201, made.Body.ToJsonString());
        return made.Body;
    }

    /// <summary>Sends a request, with the operators' key unless another is given.</summary>
    public async Task<(int Status, JsonNode Body)> SendAsync(HttpMethod method, string path, string? body = null, string? key = null)
    {
        using var response = await SendRawAsync(method, path, body, key);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    public async Task<HttpResponseMessage> SendRawAsync(HttpMethod method, string path, string? body = null, string? key = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key ?? adminKey);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        return await _http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>One chat completion with a client's key.</summary>
    public Task<(int Status, JsonNode Body)> ChatAsync(string key, string model = Gateway.Gateway.Model, string text = "Hello.") =>
        SendAsync(HttpMethod.Post, "/v1/chat/completions", Body(model, text), key);

    /// <summary>What a key uses of its limits now.</summary>
    public async ValueTask<JsonNode> UseAsync(string id) => (await SendAsync(HttpMethod.Get, $"/admin/keys/{id}")).Body["use"]!;

    /// <summary>One chat completion with its headers, which the caller disposes of.</summary>
    public async Task<HttpResponseMessage> PostChatAsync(
        string key,
        string text,
        string? idempotencyKey = null,
        CancellationToken leave = default
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        request.Content = new StringContent(Body(Gateway.Gateway.Model, text), Encoding.UTF8, "application/json");
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, leave);
    }

    public async Task<int> ChatStatusAsync(string key) => (await ChatAsync(key)).Status;

    public static string Body(string model, string text) =>
        new JsonObject
        {
            ["model"] = model,
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = text }),
        }.ToJsonString();
}
