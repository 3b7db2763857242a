using FlowGpt.Simulator.Accounts;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>Many streams at once over accounts with limits.</summary>
public sealed class ConcurrencyTests
{
    private const int Streams = 64;
    private const int MaxConcurrent = 6;
    private const int RequestsPerMinute = 20;

    [Fact]
    public async Task Streams_SixtyFourAtOnceOverFiveAccounts_EachItsOwnTextWithinEveryLimitAndEverythingReturnedAndBooked()
    {
        var accounts = Enumerable.Range(1, 5).Select(i => new GatewayAccount($"a{i}", MaxConcurrent, RequestsPerMinute)).ToArray();
        await using var gateway = await Gateway.StartAsync(accounts);
        foreach (var account in accounts)
        {
            var limits = new AccountLimits { MaxConcurrent = MaxConcurrent, RequestsPerMinute = RequestsPerMinute };
            gateway.Simulator.Truth.ConfigureAccount(account.Name, new AccountSettings { Limits = limits });
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
        Assert.Equal((0, Streams, 0), (truth.TotalViolations, truth.Accepted, truth.OpenStreams));
        Assert.All(truth.Accounts, account => Assert.InRange(account.PeakOpen, 1, MaxConcurrent));
        await gateway.IdlePoolAsync();
        var booked = await Soon.Becomes(gateway.BookedAsync, totals => totals.Requests == Streams, "every stream is booked");
        Assert.Equal(answers.Sum(Tokens("prompt_tokens")), booked.PromptTokens);
        Assert.Equal(answers.Sum(Tokens("completion_tokens")), booked.CompletionTokens);
        Assert.Equal((0, 0), (booked.Errors, booked.Estimated));
    }

    private static string Marker(int i) => $"marker-{i:0000}-{i * 7919 % 10007:00000}";

    private static Func<ChatAnswer, long> Tokens(string kind) => answer => (long)answer.Chunks[^1]["usage"]![kind]!;

    private static Task<ChatAnswer> AskAsync(Gateway gateway, int i) =>
        gateway.ChatAsync(
            new ChatBody($"{Marker(i)} [[sim: tokens={10 + (i % 30)} per=2ms]]")
            {
                Stream = true,
                Fields = new() { ["stream_options"] = new System.Text.Json.Nodes.JsonObject { ["include_usage"] = true } },
            }
        );
}
