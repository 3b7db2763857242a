using System.Text.Json;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>A gateway with a pool of two accounts whose server is called by the Responses protocol.</summary>
public sealed class ResponsesWireFixture : IAsyncLifetime
{
    internal Gateway Gateway { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Gateway = await Gateway.StartWithAsync(static simulator =>
            JsonSerializer.Serialize(
                new
                {
                    pools = new
                    {
                        native = new
                        {
                            kind = "openai",
                            baseUrl = simulator.OpenAiAddress,
                            wire = "responses",
                        },
                        chat = new { kind = "openai", baseUrl = simulator.OpenAiAddress },
                    },
                    accounts = new object[]
                    {
                        new
                        {
                            name = "r1",
                            pool = "native",
                            apiKey = simulator.IssueApiKey("r1"),
                        },
                        new
                        {
                            name = "r2",
                            pool = "native",
                            apiKey = simulator.IssueApiKey("r2"),
                        },
                        new
                        {
                            name = "c1",
                            pool = "chat",
                            apiKey = simulator.IssueApiKey("c1"),
                        },
                    },
                    models = new object[]
                    {
                        new { id = "native", targets = new[] { new { pool = "native", model = "sim-large" } } },
                        new { id = "chat", targets = new[] { new { pool = "chat", model = "sim-large" } } },
                    },
                }
            )
        );

    public ValueTask DisposeAsync() => Gateway.DisposeAsync();
}
