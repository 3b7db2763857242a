using FlowGpt.Admin.Contracts.Live;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>Operators see that a provider's key or address is wrong before any client asks for one of its models.</summary>
public sealed class WrongProviderTests
{
    [Fact]
    public async Task Attention_ProvidersThatCannotBeAsked_HaveWhatWasAnsweredAndTheFix()
    {
        await using var gateway = await Gateway.StartWithFileAsync(static simulator =>
        {
            var address = simulator.OpenAiAddress.ToString().TrimEnd('/');
            var pools = new Dictionary<string, string>
            {
                ["key"] = address,
                // The discard port: nothing listens there.
                ["down"] = "http://127.0.0.1:9/v1",
                ["unversioned"] = address[..address.LastIndexOf('/')],
                ["fine"] = address,
            };
            return new
            {
                pools = pools.ToDictionary(
                    static pool => pool.Key,
                    static pool => new
                    {
                        kind = "openai",
                        baseUrl = pool.Value,
                        discover = true,
                    }
                ),
                accounts = pools.Keys.Select(pool => new
                {
                    name = $"{pool}-1",
                    pool,
                    apiKey = pool == "key" ? "sk-wrong" : simulator.IssueApiKey(pool),
                }),
                models = Array.Empty<object>(),
            };
        });
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = gateway.Http.BaseAddress };
        var admin = FlowGpt.Admin.Contracts.AdminClient.WithKey(http, Gateway.AdminKey);

        var items = await Soon.Becomes(
            async () => (await admin.Live.AttentionAsync(TestContext.Current.CancellationToken)).Items.Where(IsOfDiscovery).ToArray(),
            static items => items.Length == 3,
            "all providers have been asked"
        );

        AssertItem("key", "401", "Replace the credential");
        AssertItem("down", "connection", "http://127.0.0.1:9/v1");
        AssertItem("unversioned", "404", "add /v1 to the pool's baseUrl");

        void AssertItem(string pool, string answered, string fix)
        {
            var item = Assert.Single(items, item => item.Pool == pool);
            Assert.True(item.IsProblem);
            Assert.Contains(answered, item.Reason, StringComparison.Ordinal);
            Assert.Contains(fix, $"{item.Reason} {item.Advice}", StringComparison.Ordinal);
        }
    }

    private static bool IsOfDiscovery(AttentionItem item) => item.Kind == AttentionKinds.DiscoveryFailed;
}
