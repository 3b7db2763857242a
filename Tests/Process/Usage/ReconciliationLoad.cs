using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using FlowGpt.Tests.Process.Faults;

namespace FlowGpt.Tests.Process.Usage;

/// <summary>
/// A number of requests as fast as they are served: streams, plain requests, turns of stored conversations, and streams whose client leaves early. All ask
/// for the same number of words, so that the sums follow from the counts. A request that fails is not repeated.
/// </summary>
internal sealed class ReconciliationLoad(HttpClient client, int requests, int clients)
{
    public const string Reply = "one two three four five six seven eight";

    private readonly System.Collections.Concurrent.ConcurrentDictionary<int, TaskCompletionSource> _marks = new();

    private int _sent;
    private int _served;
    private int _left;
    private int _failed;
    private long _completionTokens;

    /// <summary>Requests sent so far.</summary>
    public int Sent => Math.Min(Volatile.Read(ref _sent), requests);

    /// <summary>Replies that came whole.</summary>
    public int Served => Volatile.Read(ref _served);

    /// <summary>Streams that their client left.</summary>
    public int Left => Volatile.Read(ref _left);

    /// <summary>Requests that failed in any way.</summary>
    public int Failed => Volatile.Read(ref _failed);

    /// <summary>The tokens that the whole replies reported.</summary>
    public long CompletionTokens => Interlocked.Read(ref _completionTokens);

    public Task RunAsync(CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, clients).Select(i => WorkAsync(i, stop)));

    /// <summary>Without a limit of time: the speed of service is not tested here.</summary>
    public Task UntilSentAsync(int count)
    {
        var mark = _marks.GetOrAdd(count, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        return Sent >= count ? Task.CompletedTask : mark.Task;
    }

    private async Task WorkAsync(int worker, CancellationToken stop)
    {
        while (Interlocked.Increment(ref _sent) is var number && number <= requests)
        {
            if (_marks.TryGetValue(number, out var mark))
            {
                mark.TrySetResult();
            }

            try
            {
                await SendAsync(worker, number, stop);
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or System.Text.Json.JsonException)
            {
                Interlocked.Increment(ref _failed);
            }
        }
    }

    private async Task SendAsync(int worker, int number, CancellationToken stop)
    {
        var kind = number % 20;
        var leaves = kind == 0;
        var streamed = leaves || kind <= 10;
        using var message = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = JsonContent.Create(
                new
                {
                    model = FaultCluster.Model,
                    stream = streamed,
                    stream_options = streamed ? new { include_usage = true } : null,
                    messages = new[]
                    {
                        new { role = "user", content = leaves ? "Tell me a story [[sim: tokens=400 per=20ms]]" : $"say exactly {Reply}" },
                    },
                }
            ),
        };
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", FaultCluster.MasterKey);
        if (kind >= 17)
        {
            // Three turns each.
            message.Headers.Add("X-Conversation-Id", $"r-{worker}-{number / 60}");
        }

        using var response = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, stop);
        if (!response.IsSuccessStatusCode)
        {
            Interlocked.Increment(ref _failed);
        }
        else if (streamed)
        {
            await ReadStreamAsync(response, leaves, stop);
        }
        else
        {
            var body = JsonNode.Parse(await response.Content.ReadAsStringAsync(stop))!;
            Assert.Equal(Reply, (string?)body["choices"]![0]!["message"]!["content"]);
            Serve(body["usage"]!);
        }
    }

    private async Task ReadStreamAsync(HttpResponseMessage response, bool leaves, CancellationToken stop)
    {
        var text = new StringBuilder();
        JsonNode? usage = null;
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(stop));
        while (await lines.ReadLineAsync(stop) is { } line)
        {
            if (line == "data: [DONE]")
            {
                Assert.Equal(Reply, text.ToString());
                Serve(usage!);
                return;
            }

            if (
                !line.StartsWith("data: ", StringComparison.Ordinal)
                || JsonNode.Parse(line[6..]) is not { } data
                || data["error"] is not null
            )
            {
                continue;
            }

            usage = data["usage"] ?? usage;
            var piece = data["choices"]!.AsArray() is [{ } choice, ..] ? (string?)choice["delta"]!["content"] : null;
            text.Append(piece);
            if (leaves && text.Length > 0)
            {
                Interlocked.Increment(ref _left);
                return;
            }
        }

        Interlocked.Increment(ref _failed);
    }

    private void Serve(JsonNode usage)
    {
        Interlocked.Increment(ref _served);
        Interlocked.Add(ref _completionTokens, (long)usage["completion_tokens"]!);
    }
}
