using System.Text.Json.Nodes;
using FlowGpt.Tests.Process;

namespace FlowGpt.Tests.Clients;

/// <summary>The agent Codex as a user runs it, with the settings of the README: in two turns of one session it writes a file with its shell tool, and reads it.</summary>
[Collection(nameof(OneGateway)), Trait("Category", "Process")]
public sealed class CodexTests(ClientGateway gateway)
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(90);

    [Theory]
    [InlineData("flowgpt-free")]
    [InlineData("compatible-test")]
    [InlineData("claude-test")]
    public async Task Exec_TwoTurnsWithATool_DoTheWork(string model)
    {
        var packages = await NodePackages.DirectoryOrSkipAsync();
        var home = gateway.NewDirectory($"codex-home-{model}");
        var work = gateway.NewDirectory($"codex-work-{model}");
        await File.WriteAllTextAsync(
            Path.Combine(home, "config.toml"),
            ReadmeSettings
                .Codex.Replace("YOUR_MODEL", model, StringComparison.Ordinal)
                .Replace(ReadmeSettings.Origin, gateway.Origin, StringComparison.Ordinal)
        );

        var first = await RunAsync("exec", Task("Write it down.", "echo hi-4711 > made.txt && echo done-4711"));
        var second = await RunAsync("exec", "resume", "--last", Task("Read it.", "cat made.txt"));

        Assert.Equal("hi-4711\n", await File.ReadAllTextAsync(Path.Combine(work, "made.txt")));
        AssertTurn(first, "done-4711");
        AssertTurn(second, "hi-4711");

        // The simulator's model calls the tool that it is told to call, and then says what the tool returned.
        static string Task(string task, string command)
        {
            var arguments = new JsonObject { ["cmd"] = command }
                .ToJsonString()
                .Replace(" ", "\\u0020", StringComparison.Ordinal);
            return $"{task} [[sim: call=exec_command:{arguments}]]";
        }

        async Task<ClientProgram> RunAsync(params string[] arguments)
        {
            var run = await ClientProgram.RunAsync(
                ExternalProgram.Node.PathOrSkip(),
                [
                    Path.Combine(packages, "node_modules/@openai/codex/bin/codex.js"),
                    .. arguments[..^1],
                    "--skip-git-repo-check",
                    "--json",
                    "--dangerously-bypass-approvals-and-sandbox",
                    arguments[^1],
                ],
                work,
                new Dictionary<string, string> { ["CODEX_HOME"] = home, ["API_KEY"] = ClientGateway.Key },
                Within
            );
            Assert.True(run.ExitCode == 0, run.Output);
            return run;
        }
    }

    private static void AssertTurn(ClientProgram run, string returned)
    {
        var items = run
            .Output.Split('\n')
            .Where(static line => line.StartsWith("{\"type\":\"item.completed\"", StringComparison.Ordinal))
            .Select(static line => JsonNode.Parse(line)!["item"]!)
            .ToArray();
        var command = Assert.Single(items, static item => (string?)item["type"] == "command_execution");
        Assert.Equal((0, $"{returned}\n"), ((int)command["exit_code"]!, (string?)command["aggregated_output"]));
        var message = Assert.Single(items, static item => (string?)item["type"] == "agent_message");
        Assert.Contains(returned, (string?)message["text"], StringComparison.Ordinal);
        Assert.Contains("\"type\":\"turn.completed\"", run.Output, StringComparison.Ordinal);
    }
}
