using FlowGpt.Admin.Contracts.Live;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>Operators see what is wrong with the accounts file where they look for what is wrong.</summary>
public sealed class AccountsFileAttentionTests
{
    [Fact]
    public async Task Attention_AccountsFile_HasWhatIsLeftOutAndWhyItIsRefused()
    {
        await using var gateway = await Gateway.StartAsync(1);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = gateway.Http.BaseAddress };
        var admin = FlowGpt.Admin.Contracts.AdminClient.WithKey(http, Gateway.AdminKey);
        var good = new GatewayAccount("a1").ToFile(gateway.Simulator);
        Assert.Empty(await ReadAsync());

        gateway.WriteFile(
            new
            {
                accounts = new[]
                {
                    good,
                    new
                    {
                        name = "b1",
                        bearerToken = "hush-hush",
                        weight = 0,
                    },
                },
            }
        );
        var leftOut = Assert.Single(await BecomesAsync(AttentionKinds.AccountLeftOut));
        Assert.Equal(("flowgpt", "b1", true), (leftOut.Pool, leftOut.Account, leftOut.IsProblem));
        Assert.Contains("accounts[1].weight is 0", leftOut.Reason, StringComparison.Ordinal);
        Assert.Contains("(line 1)", leftOut.Reason, StringComparison.Ordinal);
        Assert.NotNull(leftOut.Silo);

        gateway.WriteFile(new { accounts = new[] { good }, models = new[] { new { secret = "hush-hush" } } });
        var refused = Assert.Single(await BecomesAsync(AttentionKinds.AccountsFileRefused));
        Assert.True(refused.IsProblem);
        Assert.Contains("models[0].id", refused.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("hush-hush", $"{leftOut.Reason} {refused.Reason}", StringComparison.Ordinal);

        gateway.WriteFile(new { accounts = new[] { good } });
        await Soon.Becomes(async () => await ReadAsync(), static items => items.Length == 0, "nothing is wrong any more");

        async Task<AttentionItem[]> ReadAsync() =>
            [
                .. (await admin.Live.AttentionAsync(TestContext.Current.CancellationToken)).Items.Where(static item =>
                    item.Kind is AttentionKinds.AccountLeftOut or AttentionKinds.AccountsFileRefused
                ),
            ];

        Task<AttentionItem[]> BecomesAsync(string kind) =>
            Soon.Becomes(async () => await ReadAsync(), items => items.Any(item => item.Kind == kind), $"there is {kind}");
    }
}
