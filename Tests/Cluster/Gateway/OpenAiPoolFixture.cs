using System.Text.Json;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>One gateway with a pool of an OpenAI-compatible server beside one of FlowGPT.</summary>
public sealed class OpenAiPoolFixture : IAsyncLifetime
{
    /// <summary>The model that the compatible server serves.</summary>
    public const string Model = "smart";

    internal Gateway Gateway { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Gateway = await Gateway.StartWithAsync(static simulator =>
            JsonSerializer.Serialize(
                new
                {
                    pools = new { compatible = new { kind = "openai", baseUrl = simulator.OpenAiAddress } },
                    accounts = new object[]
                    {
                        new { name = "a1", bearerToken = simulator.IssueToken("a1") },
                        new
                        {
                            name = "o1",
                            pool = "compatible",
                            apiKey = simulator.IssueApiKey("o1"),
                        },
                        new
                        {
                            name = "o2",
                            pool = "compatible",
                            apiKey = simulator.IssueApiKey("o2"),
                        },
                    },
                    models = new object[] { new { id = Model, targets = new[] { new { pool = "compatible", model = "sim-large" } } } },
                }
            )
        );

    public ValueTask DisposeAsync() => Gateway.DisposeAsync();
}
