using FlowGpt.Simulator.Hosting;
using FlowGpt.Tests.Cluster.Gateway;
using FlowGpt.Tests.Cluster.Keys;
using FlowGpt.Tests.Cluster.Storage;

namespace FlowGpt.Tests.Process.Keys;

/// <summary>One process as users run it: what a key has used, and that it was revoked, survives <c>kill -9</c>.</summary>
[Trait("Category", "Process")]
public sealed class ClientKeyDurabilityTests
{
    private const string AdminKey = "sk-durable-admin-0123456789";
    private const long Budget = 600;

    [Fact]
    public async Task Kill_InTheMiddleOfAKeysUse_NeverLeavesMoreThanItsBudget()
    {
        using var directory = new TemporaryDirectory();
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions(), TestContext.Current.CancellationToken);
        var environment = new Dictionary<string, string>
        {
            ["FLOWGPT_BASE_URL"] = simulator.Address.ToString(),
            ["FLOWGPT_BEARER_TOKEN"] = simulator.IssueToken("a1"),
            ["ADMIN_API_KEY"] = AdminKey,
        };
        var (revoked, limited) = ("", "");
        var used = 0L;
        await using (var first = await SiloProcess.StartAsync(directory, environment))
        {
            var keys = new KeyOperator(first.Address, AdminKey);
            limited = (string)(await keys.CreateAsync($$$"""{"name":"limited","limits":{"tokensPerMonth":{{{Budget}}}}}"""))["key"]!;
            var gone = await keys.CreateAsync("""{"name":"gone"}""");
            revoked = (string)gone["key"]!;
            await keys.SendAsync(HttpMethod.Delete, $"/admin/keys/{gone["id"]}");
            for (var i = 0; i < 2; i++)
            {
                used += await TokensAsync(keys, limited);
            }

            await first.Host.KillAsync();
        }

        await using var second = await SiloProcess.StartAsync(directory, environment);
        var after = new KeyOperator(second.Address, AdminKey);
        Assert.Equal(401, await after.ChatStatusAsync(revoked));
        var before = used;
        for (var more = 1L; more > 0; used += more)
        {
            more = await TokensAsync(after, limited);
        }

        Assert.True(before > 0);
        Assert.InRange(used, before + 1, Budget);
    }

    private static async Task<long> TokensAsync(KeyOperator keys, string key)
    {
        // A turn counts with all that it reserved if the process dies: without max_tokens that would be the whole budget, and nothing would be served afterwards.
        var (status, body) = await keys.SendAsync(
            HttpMethod.Post,
            "/v1/chat/completions",
            $$"""{"model":"{{Gateway.Model}}","max_tokens":20,"messages":[{"role":"user","content":"Hello."}]}""",
            key
        );
        Assert.True(status is 200 or 429, body.ToJsonString());
        return status == 200 ? (long)body["usage"]!["total_tokens"]! : 0;
    }
}
