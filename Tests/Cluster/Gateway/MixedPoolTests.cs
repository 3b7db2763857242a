using System.Text.Json.Nodes;
using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Hosting;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>Accounts of two provider kinds in one gateway, under load and at their limits, as the simulator counts.</summary>
public sealed class MixedPoolTests(MixedPoolTests.Fixture fixture) : IClassFixture<MixedPoolTests.Fixture>
{
    private const int Streams = 64;
    private const int MaxConcurrent = 6;
    private const int RequestsPerMinute = 20;
    private const string Mixed = "mixed";
    private const string Told = "told";

    private static readonly string[] FlowGpt = ["a1", "a2", "a3"];
    private static readonly string[] Compatible = ["o1", "o2", "o3"];

    [Fact]
    public async Task Streams_SixtyFourAtOnceOverTwoProviders_EachItsOwnTextWithinEveryLimitAndEverythingReturnedAndBooked()
    {
        var gateway = fixture.Gateway;
        var before = await gateway.BookedAsync();
        foreach (var account in FlowGpt.Concat(Compatible))
        {
            var limits = new AccountLimits { MaxConcurrent = MaxConcurrent, RequestsPerMinute = RequestsPerMinute };
            gateway.Simulator.Truth.ConfigureAccount(account, new AccountSettings { Limits = limits });
        }

        var answers = await Task.WhenAll(Enumerable.Range(0, Streams).Select(i => AskAsync(gateway, i)));

        for (var i = 0; i < Streams; i++)
        {
            Assert.True(answers[i].Status == 200, answers[i].Body);
            Assert.Equal(gateway.Simulator.Truth.FindExchange(Marker(i))!.Text, answers[i].Text);
            Assert.StartsWith($"Echo: {Marker(i)} ", answers[i].Text);
            Assert.Equal("stop", answers[i].FinishReason);
        }

        var truth = gateway.Simulator.Truth.Snapshot();
        AccountTruth[] accounts = [.. FlowGpt.Concat(Compatible).Select(truth.Account)];
        Assert.Equal((0, Streams, 0), (truth.TotalViolations, accounts.Sum(static one => one.Accepted), truth.OpenStreams));
        Assert.All(accounts, static one => Assert.InRange(one.PeakOpen, 1, MaxConcurrent));
        await gateway.IdlePoolAsync();
        var booked = await Soon.Becomes(
            gateway.BookedAsync,
            totals => totals.Requests - before.Requests == Streams,
            "every stream is booked"
        );
        Assert.Equal(answers.Sum(Tokens("prompt_tokens")), booked.PromptTokens - before.PromptTokens);
        Assert.Equal(answers.Sum(Tokens("completion_tokens")), booked.CompletionTokens - before.CompletionTokens);
        Assert.Equal((before.Errors, before.Estimated), (booked.Errors, booked.Estimated));
    }

    /// <summary>Only the provider's rate-limit headers keep the first account within its limit: no limit is configured.</summary>
    [Fact]
    public async Task Chat_OverKeysWithLimitsThatOnlyTheProviderKnows_IsNeverRefusedByTheProvider()
    {
        var gateway = fixture.Gateway;
        var before = await gateway.BookedAsync();
        gateway.Simulator.Truth.SetBehaviour(new BehaviourSettings { OpenAi = new() { RateHeaders = true } });
        gateway.Simulator.Truth.ConfigureAccount("t1", new() { Limits = new() { RequestsPerMinute = 2 } });
        gateway.Simulator.Truth.ConfigureAccount("t2", new() { Limits = new() { RequestsPerMinute = 100 } });

        for (var i = 0; i < 10; i++)
        {
            await gateway.ServeAsync(new ChatBody($"turn {i}") { Model = Told, Stream = i % 2 == 0 });
        }

        var truth = gateway.Simulator.Truth.Snapshot();
        AccountTruth[] accounts = [truth.Account("t1"), truth.Account("t2")];
        Assert.Equal([(0L, 2L), (0L, 8L)], accounts.Select(static one => (one.TotalViolations, one.Accepted)));
        // The other test counts what is booked.
        await Soon.Becomes(gateway.BookedAsync, totals => totals.Requests - before.Requests == 10, "every request is booked");
    }

    /// <summary>A gateway with three accounts of each provider, and two accounts whose limits are not configured.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        internal Gateway Gateway { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Gateway = await Gateway.StartWithFileAsync(File);

        public ValueTask DisposeAsync() => Gateway.DisposeAsync();
    }

    private static object File(SimulatorHost simulator)
    {
        var limits = new { maxConcurrent = MaxConcurrent, requestsPerMinute = RequestsPerMinute };
        var server = new { kind = "openai", baseUrl = simulator.OpenAiAddress };
        return new
        {
            pools = new { compatible = server, told = server },
            accounts = FlowGpt
                .Select(name =>
                    (object)
                        new
                        {
                            name,
                            bearerToken = simulator.IssueToken(name),
                            limits,
                        }
                )
                .Concat(
                    Compatible.Select(name => new
                    {
                        name,
                        pool = "compatible",
                        apiKey = simulator.IssueApiKey(name),
                        limits,
                    })
                )
                .Concat(
                    ((string[])["t1", "t2"]).Select(name => new
                    {
                        name,
                        pool = "told",
                        apiKey = simulator.IssueApiKey(name),
                    })
                ),
            models = new object[]
            {
                new
                {
                    id = Mixed,
                    targets = new[] { new { pool = "flowgpt", model = "sim-persona" }, new { pool = "compatible", model = "sim-large" } },
                },
                new { id = Told, targets = new[] { new { pool = "told", model = "sim-large" } } },
            },
        };
    }

    private static string Marker(int i) => $"marker-{i:0000}-{i * 7919 % 10007:00000}";

    private static Func<ChatAnswer, long> Tokens(string kind) => answer => (long)answer.Chunks[^1]["usage"]![kind]!;

    private static Task<ChatAnswer> AskAsync(Gateway gateway, int i) =>
        gateway.ChatAsync(
            new ChatBody($"{Marker(i)} [[sim: tokens={10 + (i % 30)} per=2ms]]")
            {
                Model = Mixed,
                Stream = true,
                Fields = new() { ["stream_options"] = new JsonObject { ["include_usage"] = true } },
            }
        );
}
