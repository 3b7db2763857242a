using System.Text.Json.Nodes;
using FlowGpt.Simulator.Tokens;

namespace FlowGpt.Benchmarks.Targets;

/// <summary>The accounts of a gateway that is measured, as an operator would write them down.</summary>
internal static class AccountsFile
{
    // Longer than the time before its end at which the product warns of each token.
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromDays(30);

    /// <summary>The name of an account by its number, the first being 1.</summary>
    public static string NameOf(int number) => $"bench-{number}";

    /// <summary>Writes the file.</summary>
    public static Task WriteAsync(string path, GatewaySettings settings, CancellationToken cancellationToken) =>
        File.WriteAllTextAsync(path, Content(settings), cancellationToken);

    /// <summary>What the file says.</summary>
    public static string Content(GatewaySettings settings)
    {
        var now = TimeProvider.System.GetUtcNow();
        var accounts = Enumerable
            .Range(1, settings.Accounts)
            .Select(number =>
            {
                var name = NameOf(number);
                var account = new JsonObject
                {
                    ["name"] = name,
                    ["bearerToken"] = FakeToken.Mint(name, now, TokenLifetime),
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
        var file = new JsonObject { ["accounts"] = new JsonArray([.. accounts]) };
        if (settings.Models > 0)
        {
            // Builds of the first edition take a file of accounts alone.
            file["models"] = new JsonArray([.. Enumerable.Range(1, settings.Models).Select(Model)]);
        }

        return file.ToJsonString();
    }

    private static JsonNode Model(int number) =>
        new JsonObject
        {
            ["id"] = $"model-{number}",
            ["targets"] = new JsonArray(new JsonObject { ["pool"] = "flowgpt", ["model"] = $"prompt-{number}" }),
        };
}
