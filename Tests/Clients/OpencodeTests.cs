using System.Text.Json.Nodes;

namespace FlowGpt.Tests.Clients;

/// <summary>The agent opencode as a user runs it, with the settings of the README: in two turns of one session it writes a file with its shell tool, and reads it.</summary>
[Collection(nameof(OneGateway)), Trait("Category", "Process")]
public sealed class OpencodeTests(ClientGateway gateway)
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(120);

    [Theory]
    [InlineData("flowgpt-free")]
    [InlineData("claude-test")]
    public async Task Run_TwoTurnsWithATool_DoTheWork(string model)
    {
        var packages = await NodePackages.DirectoryOrSkipAsync();
        var program = Path.Combine(packages, "node_modules/opencode-linux-x64/bin/opencode");
        Assert.SkipUnless(File.Exists(program), "opencode has no program for this machine in the lock file's packages.");
        var home = gateway.NewDirectory($"opencode-home-{model}");
        var work = gateway.NewDirectory($"opencode-work-{model}");
        await File.WriteAllTextAsync(
            Path.Combine(work, "opencode.json"),
            ReadmeSettings
                .Opencode.Replace("YOUR_MODEL", model, StringComparison.Ordinal)
                .Replace(ReadmeSettings.Origin, gateway.Origin, StringComparison.Ordinal)
        );

        var first = await RunAsync(["Write", "it", "down.", .. Task("echo hi-4711>made.txt;echo done-4711")]);
        var second = await RunAsync(["--continue", "Read", "it.", .. Task("cat made.txt")]);

        Assert.Equal("hi-4711\n", await File.ReadAllTextAsync(Path.Combine(work, "made.txt")));
        AssertTurn(first, "done-4711");
        AssertTurn(second, "hi-4711");

        // The simulator's model calls the tool that it is told to call, and then says what the tool returned. An argument with a space would reach the model in quotes.
        static string[] Task(string command)
        {
            var arguments = new JsonObject { ["command"] = command, ["description"] = "task" }
                .ToJsonString()
                .Replace("\\u003E", ">", StringComparison.Ordinal)
                .Replace(" ", "\\u0020", StringComparison.Ordinal);
            return ["[[sim:", $"call=bash:{arguments}]]"];
        }

        async Task<ClientProgram> RunAsync(string[] arguments)
        {
            var run = await ClientProgram.RunAsync(
                program,
                ["run", "--format", "json", .. arguments],
                work,
                new Dictionary<string, string>
                {
                    // opencode takes its directory from here.
                    ["PWD"] = work,
                    ["HOME"] = home,
                    ["XDG_CONFIG_HOME"] = Path.Combine(home, "config"),
                    ["XDG_DATA_HOME"] = Path.Combine(home, "data"),
                    ["XDG_CACHE_HOME"] = Path.Combine(home, "cache"),
                    ["XDG_STATE_HOME"] = Path.Combine(home, "state"),
                    ["API_KEY"] = ClientGateway.Key,
                    // Requests may go to the gateway alone.
                    ["OPENCODE_DISABLE_AUTOUPDATE"] = "1",
                    ["OPENCODE_DISABLE_MODELS_FETCH"] = "1",
                    ["OPENCODE_DISABLE_LSP_DOWNLOAD"] = "1",
                    ["OPENCODE_DISABLE_DEFAULT_PLUGINS"] = "1",
                },
                Within
            );
            Assert.True(run.ExitCode == 0, run.Output);
            return run;
        }
    }

    private static void AssertTurn(ClientProgram run, string returned)
    {
        var parts = run
            .Output.Split('\n')
            .Where(static line => line.StartsWith("{\"type\":", StringComparison.Ordinal))
            .Select(static line => JsonNode.Parse(line)!["part"]!)
            .ToArray();
        var call = Assert.Single(parts, static part => (string?)part["type"] == "tool");
        Assert.Equal(("bash", "completed"), ((string?)call["tool"], (string?)call["state"]!["status"]));
        Assert.Equal($"{returned}\n", (string?)call["state"]!["output"]);
        var text = Assert.Single(parts, static part => (string?)part["type"] == "text");
        Assert.Contains(returned, (string?)text["text"], StringComparison.Ordinal);
    }
}
