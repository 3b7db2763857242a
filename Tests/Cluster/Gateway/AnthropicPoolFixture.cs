using System.Text.Json;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>One gateway with a pool of an Anthropic server beside one of an OpenAI-compatible server and one of FlowGPT.</summary>
public sealed class AnthropicPoolFixture : IAsyncLifetime
{
    /// <summary>The model that the Anthropic server serves.</summary>
    public const string Claude = "claude-test";

    /// <summary>The model that the OpenAI-compatible server serves.</summary>
    public const string Compatible = "compatible-test";

    /// <summary>A model that makes embeddings.</summary>
    public const string Embedding = "embed-test";

    internal Gateway Gateway { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Gateway = await Gateway.StartWithAsync(static simulator =>
            JsonSerializer.Serialize(
                new
                {
                    pools = new
                    {
                        claude = new
                        {
                            kind = "anthropic",
                            baseUrl = simulator.AnthropicAddress,
                            discover = true,
                        },
                        compatible = new { kind = "openai", baseUrl = simulator.OpenAiAddress },
                    },
                    accounts = new object[]
                    {
                        new { name = "f1", bearerToken = simulator.IssueToken("f1") },
                        new
                        {
                            name = "c1",
                            pool = "claude",
                            apiKey = simulator.IssueApiKey("c1"),
                        },
                        new
                        {
                            name = "o1",
                            pool = "compatible",
                            apiKey = simulator.IssueApiKey("o1"),
                        },
                    },
                    models = new object[]
                    {
                        new { id = Claude, targets = new[] { new { pool = "claude", model = "sim-large" } } },
                        new { id = Embedding, targets = new[] { new { pool = "compatible", model = "sim-embed" } } },
                        new { id = Compatible, targets = new[] { new { pool = "compatible", model = "sim-large" } } },
                    },
                }
            )
        );

    public ValueTask DisposeAsync() => Gateway.DisposeAsync();
}
