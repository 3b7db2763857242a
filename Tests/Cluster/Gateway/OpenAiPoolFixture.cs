using System.Text.Json;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>Tests that share one gateway with a pool of an OpenAI-compatible server.</summary>
[CollectionDefinition(Name)]
public sealed class SharedOpenAiPool : ICollectionFixture<OpenAiPoolFixture>
{
    public const string Name = "OpenAI pool";
}

/// <summary>One gateway with a pool of an OpenAI-compatible server beside one of FlowGPT.</summary>
public sealed class OpenAiPoolFixture : IAsyncLifetime
{
    /// <summary>The model that the compatible server serves.</summary>
    public const string Model = "smart";

    /// <summary>The model that makes embeddings.</summary>
    public const string Embeddings = "embed";

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
                    models = new object[]
                    {
                        new { id = Model, targets = new[] { new { pool = "compatible", model = "sim-large" } } },
                        new { id = Embeddings, targets = new[] { new { pool = "compatible", model = "sim-embed" } } },
                    },
                }
            )
        );

    public ValueTask DisposeAsync() => Gateway.DisposeAsync();
}
