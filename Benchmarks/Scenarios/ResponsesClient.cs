using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using FlowGpt.Benchmarks.Targets;

namespace FlowGpt.Benchmarks.Scenarios;

/// <summary>A client of a gateway's Responses and conversations, which says how long each request took.</summary>
internal sealed class ResponsesClient : IDisposable
{
    /// <summary>A model of the built-in ones.</summary>
    public const string Model = "gpt-4-free";

    private readonly HttpClient _http;

    public ResponsesClient(GatewayProcess gateway)
    {
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"http://{gateway.EndPoint}") };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", GatewayProcess.Key);
        Usage = gateway.Usage;
    }

    /// <summary>What the gateway has used.</summary>
    public ProcessUsage Usage { get; }

    /// <summary>One request for a response.</summary>
    public static JsonObject Ask(string input) => new() { ["model"] = Model, ["input"] = input };

    /// <summary>A message of a user.</summary>
    public static JsonObject Message(string text) =>
        new()
        {
            ["type"] = "message",
            ["role"] = "user",
            ["content"] = text,
        };

    /// <summary>Sends a request that has to be answered with 200.</summary>
    public async Task<string> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        using var answer = await _http.SendAsync(request, cancellationToken);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        return answer.IsSuccessStatusCode ? text : throw new InvalidOperationException($"{method} {path}: {(int)answer.StatusCode} {text}");
    }

    /// <summary>Reads a stream to its end: how many events came, and how long the first one took.</summary>
    public async Task<(int Events, TimeSpan First)> StreamAsync(string path, CancellationToken cancellationToken)
    {
        var asked = TimeProvider.System.GetTimestamp();
        using var answer = await _http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        answer.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken));
        var (events, first) = (0, TimeSpan.Zero);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
            {
                first = events++ == 0 ? TimeProvider.System.GetElapsedTime(asked) : first;
            }
        }

        return (events, first);
    }

    /// <summary>Repeats something; gives the median time in milliseconds and the gateway's CPU milliseconds for each.</summary>
    public async Task<(double Median, double Cpu)> MeasureAsync(int times, Func<int, Task> act)
    {
        var took = new double[times];
        var cpu = Usage.CpuSeconds();
        for (var i = 0; i < times; i++)
        {
            var begun = TimeProvider.System.GetTimestamp();
            await act(i);
            took[i] = TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds;
        }

        cpu = Usage.CpuSeconds() - cpu;
        Array.Sort(took);
        return (took[times / 2], cpu * 1000 / times);
    }

    public void Dispose() => _http.Dispose();
}
