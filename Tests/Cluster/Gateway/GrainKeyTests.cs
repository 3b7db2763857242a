using FlowGpt.Tests.Process.Secrecy;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>The keys of a gateway's grains, which are in logs, dashboards and records.</summary>
public sealed class GrainKeyTests
{
    [Fact]
    public async Task Keys_OfEveryActivation_HoldNoSecretAndNoText()
    {
        await using var gateway = await Gateway.StartAsync(1);
        var scanner = Planted.NewScanner().Plant("client's key", Gateway.MasterKey).Plant("operators' key", Gateway.AdminKey);
        await gateway.ServeAsync(new ChatBody(Planted.Prompt) { IdempotencyKey = Planted.IdempotencyKey });
        await gateway.ServeAsync(new ChatBody(Planted.StoredPrompt) { Conversation = "talk" });

        var grains = await gateway.Grains.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics();

        var keys = grains.Select(static grain => grain.GrainId.ToString()).ToArray();
        Assert.Contains(keys, static key => key.EndsWith("/c/talk", StringComparison.Ordinal));
        Assert.Contains(
            keys,
            static key => key.StartsWith("turn-host/", StringComparison.Ordinal) && key.Contains("/i/", StringComparison.Ordinal)
        );
        Assert.All(keys, key => scanner.Scan("a grain's key", key));
        scanner.AssertNothingFound();
    }
}
