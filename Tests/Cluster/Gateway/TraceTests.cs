using FlowGpt.Simulator.Behaviour;
using FlowGpt.Tests.Process.Telemetry;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>One trace for each request, as a collector receives it by OTLP.</summary>
public sealed class TraceTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string CallerSpan = "b7ad6b7169203331";

    [Fact]
    public async Task Chat_WithATraceparent_IsOneTraceFromTheServerToTheUpstream()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var gateway = await StartAsync(receiver, 1);

        var answer = await ChatAsync(gateway, TraceId, "Say exactly: one two three");

        Assert.Equal(200, answer.Status);
        var spans = await receiver.TraceAsync(TraceId, static spans => spans.Any(IsServer) && spans.Any(IsTurn));
        var server = Assert.Single(spans, IsServer);
        Assert.Equal((CallerSpan, "POST /v1/chat/completions"), (server.ParentId, server.Name));
        Assert.Equal(
            ("200", "chat", "gpt-4-free"),
            (server["http.response.status_code"], server["gen_ai.operation.name"], server["gen_ai.request.model"])
        );
        Assert.Equal(("master", "a1", "completed"), (server["flowgpt.key.id"], server["flowgpt.account"], server["flowgpt.outcome"]));
        var turn = Assert.Single(spans, IsTurn);
        Assert.Equal((server.Id, server["gen_ai.response.id"]), (turn.ParentId, turn["gen_ai.response.id"]));
        Assert.Equal(("stop", "a1", "false"), (turn["gen_ai.response.finish_reasons"], turn["flowgpt.account"], turn["flowgpt.stored"]));
        Assert.Equal(answer.Json["usage"]!["prompt_tokens"]!.ToString(), turn["gen_ai.usage.input_tokens"]);
        Assert.Equal(answer.Json["usage"]!["completion_tokens"]!.ToString(), turn["gen_ai.usage.output_tokens"]);
        var acquire = Assert.Single(spans, static span => span.Name == "acquire account");
        Assert.Equal((turn.Id, "flowgpt", "a1"), (acquire.ParentId, acquire["flowgpt.pool"], acquire["flowgpt.account"]));
        var attempt = Assert.Single(spans, static span => span.Name.StartsWith("chat ", StringComparison.Ordinal));
        Assert.Equal((turn.Id, 3, "flowgpt"), (attempt.ParentId, attempt.Kind, attempt["gen_ai.provider.name"]));
        var calls = spans.Where(static span => span.Source == "System.Net.Http").ToArray();
        Assert.Equal(2, calls.Length);
        Assert.All(calls, call => Assert.Equal(attempt.Id, call.ParentId));
    }

    [Fact]
    public async Task Chat_TriedOnTwoAccounts_HasASpanForEachAttempt()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var gateway = await StartAsync(receiver, 2);
        gateway.Simulator.Truth.SetBehaviour(
            new BehaviourSettings
            {
                Fault = new FaultSettings { Kind = FaultKind.RateLimited, Times = 1 },
            }
        );

        Assert.Equal(200, (await ChatAsync(gateway, TraceId, "Say exactly: served")).Status);

        var spans = await receiver.TraceAsync(TraceId, static spans => spans.Any(IsServer) && spans.Any(IsTurn));
        var attempts = spans
            .Where(static span => span.Name.StartsWith("chat ", StringComparison.Ordinal))
            .OrderBy(static span => span["flowgpt.attempt"])
            .ToArray();
        Assert.Equal(2, attempts.Length);
        Assert.Equal(
            ("rate_limited", "credential", "429", true),
            (attempts[0]["error.type"], attempts[0]["flowgpt.failure.class"], attempts[0]["http.response.status_code"], attempts[0].IsError)
        );
        Assert.Equal((null, false), (attempts[1]["error.type"], attempts[1].IsError));
        Assert.NotEqual(attempts[0]["flowgpt.account"], attempts[1]["flowgpt.account"]);
        Assert.Equal(2, spans.Count(static span => span.Name == "acquire account"));
        Assert.Equal("2", Assert.Single(spans, IsServer)["flowgpt.attempts"]);
    }

    [Fact]
    public async Task Chat_WaitsForAnAccount_TheSpanOfTheWaitLastsAsLong()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var gateway = await Gateway.StartAsync(
            [new GatewayAccount("a1", MaxConcurrent: 1)],
            [.. receiver.Settings.Select(static pair => $"{pair.Key}={pair.Value}")]
        );

        using var leave = new CancellationTokenSource();
        var first = gateway.PostAsync(new ChatBody("Say exactly: first [[sim: first=10m]]"), leave.Token);
        await Soon.Becomes(gateway.Pool.GetSnapshot, static pool => pool.Accounts[0].Leases == 1, "the first request has the account");
        var second = ChatAsync(gateway, TraceId, "Say exactly: second");
        await Soon.Becomes(gateway.Pool.GetSnapshot, static pool => pool.Queued == 1, "the second request waits for the account");
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal((200, "second"), ((await second).Status, (await second).Text));

        var spans = await receiver.TraceAsync(TraceId, static spans => spans.Any(IsServer) && spans.Any(IsTurn));
        var acquire = Assert.Single(spans, static span => span.Name == "acquire account");
        Assert.Contains("queued", acquire.Events);
        var attempt = Assert.Single(spans, static span => span.Name.StartsWith("chat ", StringComparison.Ordinal));
        Assert.True(acquire.Duration + attempt.Duration <= Assert.Single(spans, IsTurn).Duration);
    }

    [Fact]
    public async Task Chat_RefusedWithoutATurn_IsASpanWithItsErrorAndNothingElse()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var gateway = await StartAsync(receiver, 1);

        Assert.Equal(404, (await ChatAsync(gateway, TraceId, "never", model: "unknown")).Status);

        var span = Assert.Single(await receiver.TraceAsync(TraceId, static spans => spans.Length > 0));
        Assert.Equal(("model_not_found", "refused", false), (span["error.type"], span["flowgpt.outcome"], span.IsError));
    }

    [Fact]
    public async Task Probes_AndRequestsNotSampled_AreNotExported()
    {
        const string Other = "1af7651916cd43dd8448eb211c80319c";
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var gateway = await StartAsync(receiver, 1);

        await GetAsync(gateway, "/health/ready");
        await GetAsync(gateway, "/metrics");
        Assert.Equal(200, (await ChatAsync(gateway, Other, "unsampled", flags: "00")).Status);
        Assert.Equal(200, (await ChatAsync(gateway, TraceId, "sampled")).Status);

        var spans = await receiver.TraceAsync(TraceId, static spans => spans.Any(IsServer) && spans.Any(IsTurn));
        Assert.Equal("/v1/chat/completions", Assert.Single(spans, IsServer)["http.route"]);
        Assert.DoesNotContain(receiver.Spans, static span => span.TraceId == Other);
    }

    private static bool IsServer(ExportedSpan span) => span.Kind == 2;

    private static bool IsTurn(ExportedSpan span) => span.Name.StartsWith("turn ", StringComparison.Ordinal);

    private static Task<Gateway> StartAsync(OtlpReceiver receiver, int accounts) =>
        Gateway.StartAsync(accounts, [.. receiver.Settings.Select(static pair => $"{pair.Key}={pair.Value}")]);

    private static async Task<ChatAnswer> ChatAsync(
        Gateway gateway,
        string traceId,
        string text,
        string model = Gateway.Model,
        string flags = "01"
    )
    {
        using var request = new ChatBody(text) { Model = model }.ToRequest();
        request.Headers.Add("traceparent", $"00-{traceId}-{CallerSpan}-{flags}");
        using var response = await gateway.SendAsync(request);
        return await ChatAnswer.ReadAsync(response);
    }

    private static async Task GetAsync(Gateway gateway, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("traceparent", $"00-{TraceId}-{CallerSpan}-01");
        using var response = await gateway.SendAsync(request);
        Assert.Equal(200, (int)response.StatusCode);
    }
}
