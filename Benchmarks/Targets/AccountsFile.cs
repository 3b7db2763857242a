using System.Text.Json.Nodes;
using FlowGpt.Simulator.Tokens;

namespace FlowGpt.Benchmarks.Targets;

/// <summary>The accounts of a gateway that is measured, as an operator would write them down.</summary>
internal static class AccountsFile
{
    /// <summary>Writes the file.</summary>
    public static Task WriteAsync(string path, GatewaySettings settings, CancellationToken cancellationToken) =>
        File.WriteAllTextAsync(path, Accounts(settings), cancellationToken);

    private static string Accounts(GatewaySettings settings)
    {
        var now = TimeProvider.System.GetUtcNow();
        var accounts = Enumerable
            .Range(1, settings.Accounts)
            .Select(number =>
            {
                var name = $"bench-{number}";
                var account = new JsonObject
                {
                    ["name"] = name,
                    ["bearerToken"] = FakeToken.Mint(name, now, TimeSpan.FromDays(1)),
                    ["deviceId"] = FakeToken.DeviceId(name),
                };
                if (settings.Limited)
                {
                    account["limits"] = new JsonObject
                    {
                        ["requestsPerMinute"] = 1_000_000,
                        ["requestsPerDay"] = 100_000_000,
                        ["tokensPerMinute"] = 1_000_000_000,
                        ["maxConcurrent"] = 1_000,
                    };
                }

                return (JsonNode)account;
            });
        return new JsonObject { ["accounts"] = new JsonArray([.. accounts]) }.ToJsonString();
    }
}
