using System.Text.Json.Nodes;
using FlowGpt.Tests.Process;
using FlowGpt.Tests.Unit.Packaging;

namespace FlowGpt.Tests.Clients;

/// <summary>
/// Unchanged npm clients against the product's process, each on models of a text-only, an OpenAI-compatible and an Anthropic upstream. One process for each client runs all its
/// cases and writes a line for each.
/// </summary>
[Collection(nameof(OneGateway)), Trait("Category", "Process")]
public sealed class NodeClientTests(ClientGateway gateway)
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(120);

    [Theory]
    [InlineData("openai", 52)]
    [InlineData("anthropic", 28)]
    [InlineData("ai-sdk", 110)]
    [InlineData("langchain", 43)]
    [InlineData("agents", 33)]
    public async Task Client_AllItsCases_AreRight(string client, int cases)
    {
        var directory = await NodePackages.DirectoryOrSkipAsync();

        var run = await ClientProgram.RunAsync(
            ExternalProgram.Node.PathOrSkip(),
            [$"{client}.mjs"],
            directory,
            new Dictionary<string, string>
            {
                ["GATEWAY_ORIGIN"] = gateway.Origin,
                ["API_KEY"] = ClientGateway.Key,
                ["MODELS"] = string.Join(',', ClientGateway.Models),
                ["EMBEDDING_MODEL"] = "embed-test",
                ["README"] = Repository.Read("README.md"),
            },
            Within
        );

        var results = run.Output.Split('\n').Where(static line => line.StartsWith("{\"case\":", StringComparison.Ordinal)).ToArray();
        var failed = results.Select(static line => JsonNode.Parse(line)!).Where(static result => result["error"] is not null).ToArray();
        Assert.True(failed.Length == 0, string.Join("\n\n", failed.Select(static result => $"{result["case"]}: {result["error"]}")));
        Assert.True(results.Length == cases, $"{results.Length} of {cases} cases ended:\n{run.Output}");
    }

    [Theory]
    [InlineData("flowgpt-free")]
    [InlineData("compatible-test")]
    [InlineData("claude-test")]
    public async Task Compatcanary_EveryProbe_Passes(string model)
    {
        var directory = await NodePackages.DirectoryOrSkipAsync();

        var run = await ClientProgram.RunAsync(
            ExternalProgram.Node.PathOrSkip(),
            [
                "node_modules/compatcanary/src/cli.js",
                "scan",
                "--base-url",
                $"{gateway.Origin}/v1",
                "--model",
                model,
                "--profile",
                "modern",
                "--format",
                "json",
                "--api-key-env",
                "API_KEY",
                "--fail-on",
                "any",
            ],
            directory,
            new Dictionary<string, string> { ["API_KEY"] = ClientGateway.Key },
            Within
        );

        Assert.True(run.ExitCode == 0, run.Output);
        var summary = JsonNode.Parse(run.Output)!["summary"]!;
        Assert.Equal((7, 7), ((int)summary["passes"]!, (int)summary["total"]!));
    }
}
