using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Conversations;
using FlowGpt.Simulator.Hosting;
using OpenAI;

namespace FlowGpt.Tests.Unit.Simulator.OpenAi;

/// <summary>A client of the OpenAI-compatible face of one simulator, by plain HTTP and by the official SDK.</summary>
internal sealed class OpenAiFaceClient : IAsyncDisposable
{
    public const string Model = "sim-large";

    private readonly HttpClient _http;

    private OpenAiFaceClient(SimulatorHost host)
    {
        Host = host;
        _http = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All })
        {
            BaseAddress = host.Address,
            Timeout = TimeSpan.FromSeconds(30),
        };
    }

    public SimulatorHost Host { get; }

    public HttpClient Http => _http;

    public AccountTruth Truth => Host.Truth.Account("k1");

    /// <summary>The latest accepted request.</summary>
    public Exchange Latest => Host.Truth.Exchanges()[^1];

    public static CancellationToken Deadline => TestContext.Current.CancellationToken;

    public static async Task<OpenAiFaceClient> StartAsync(SimulatorOptions? options = null) =>
        new(await SimulatorHost.StartAsync(options ?? new SimulatorOptions(), Deadline));

    /// <summary>The official SDK with the key of an account, without retries.</summary>
    public OpenAIClient Sdk(string account = "k1") =>
        new(
            new ApiKeyCredential(Host.IssueApiKey(account)),
            new OpenAIClientOptions
            {
                Endpoint = Host.OpenAiAddress,
                RetryPolicy = new ClientRetryPolicy(0),
                Transport = new HttpClientPipelineTransport(_http),
            }
        );

    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        string? json = null,
        string? account = "k1",
        Action<HttpRequestMessage>? change = null
    )
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        request.Headers.Authorization = account is null ? null : new AuthenticationHeaderValue("Bearer", Host.IssueApiKey(account));
        change?.Invoke(request);
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Deadline);
    }

    /// <summary>Asks one question; <paramref name="more"/> are further fields of the body.</summary>
    public Task<HttpResponseMessage> AskAsync(string question, string more = "", string account = "k1") =>
        SendAsync(HttpMethod.Post, "/v1/chat/completions", Body(question, more), account);

    public static string Body(string question, string more = "", string model = Model) =>
        $$"""{"model":"{{model}}","messages":[{"role":"user","content":{{JsonSerializer.Serialize(question)}}}]{{(
            more.Length > 0 ? "," + more : ""
        )}}}""";

    /// <summary>Asks one question and reads the whole reply.</summary>
    public async Task<JsonElement> WholeAsync(string question, string more = "")
    {
        using var response = await AskAsync(question, more);
        return await JsonAsync(response);
    }

    /// <summary>Asks one question and reads the chunks of the reply.</summary>
    public async Task<IReadOnlyList<JsonElement>> ChunksAsync(string question, string more = "")
    {
        using var response = await AskAsync(question, "\"stream\":true" + (more.Length > 0 ? "," + more : ""));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return Chunks(await response.Content.ReadAsStringAsync(Deadline));
    }

    public static async Task<JsonElement> JsonAsync(HttpResponseMessage response) =>
        JsonElement.Parse(await response.Content.ReadAsStringAsync(Deadline));

    /// <summary>Reads an error's fields after its status.</summary>
    public static async Task<(HttpStatusCode Status, string? Type, string? Code, string? Param)> ErrorAsync(HttpResponseMessage response)
    {
        var error = (await JsonAsync(response)).GetProperty("error");
        Assert.NotEmpty(error.GetProperty("message").GetString()!);
        return (
            response.StatusCode,
            error.GetProperty("type").GetString(),
            error.GetProperty("code").GetString(),
            error.GetProperty("param").GetString()
        );
    }

    /// <summary>The chunks of a stream: data lines only, up to the end or <c>[DONE]</c>.</summary>
    public static IReadOnlyList<JsonElement> Chunks(string body) =>
        [
            .. body.Split('\n')
                .Select(static line => line.TrimEnd('\r'))
                .Where(static line => line.StartsWith("data:", StringComparison.Ordinal))
                .Select(static line => line["data:".Length..].TrimStart())
                .TakeWhile(static data => data != "[DONE]")
                .Select(static data => JsonElement.Parse(data)),
        ];

    /// <summary>One field of all deltas, joined.</summary>
    public static string Joined(IEnumerable<JsonElement> chunks, string field = "content") =>
        string.Concat(Deltas(chunks).Select(delta => delta.TryGetProperty(field, out var text) ? text.GetString() : null));

    public static IEnumerable<JsonElement> Deltas(IEnumerable<JsonElement> chunks) =>
        chunks
            .SelectMany(static chunk => chunk.GetProperty("choices").EnumerateArray())
            .Select(static choice => choice.GetProperty("delta"));

    public static string[] FinishReasons(IEnumerable<JsonElement> chunks) =>
        [
            .. chunks
                .SelectMany(static chunk => chunk.GetProperty("choices").EnumerateArray())
                .Select(static choice => choice.GetProperty("finish_reason").GetString())
                .OfType<string>(),
        ];

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Host.DisposeAsync();
    }
}
