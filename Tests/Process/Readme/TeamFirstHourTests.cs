using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FlowGpt.Tests.Cluster.Storage;
using FlowGpt.Tests.Unit.Packaging;

namespace FlowGpt.Tests.Process.Readme;

/// <summary>The README's first hour of a team, its commands pasted unchanged into a shell, against the real process.</summary>
[Trait("Category", "Process")]
public sealed partial class TeamFirstHourTests
{
    private const string Section = "## A team's first hour";

    [Fact]
    public async Task Commands_OfTheReadme_DoWhatItSays()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/curl"), "curl is not installed. Install it with: apt-get install -y curl");
        var blocks = Blocks();
        Assert.Equal(6, blocks.Length);
        using var directory = new TemporaryDirectory();
        await using var silo = await SiloProcess.StartAsync(directory);
        await using var bash = BashSession.Start(
            directory.Path,
            new Dictionary<string, string>
            {
                ["FLOWGPT_URL"] = silo.Address.ToString().TrimEnd('/'),
                ["DATA_DIRECTORY"] = directory.File("data"),
            }
        );

        await bash.PasteAsync(blocks[0]);
        Assert.Matches("^Ada's key: sk-", await bash.PasteAsync(blocks[1]));
        Assert.Contains("\"content\":\"Echo: Say hello\"", await bash.PasteAsync(blocks[2]), StringComparison.Ordinal);
        var changed = JsonNode.Parse(await bash.PasteAsync(blocks[3]))!;
        Assert.Equal((5, 500000), ((int)changed["limits"]!["requestsPerMinute"]!, (int)changed["limits"]!["tokensPerDay"]!));
        var id = (string)changed["id"]!;
        await UntilUsageIsThereAsync(silo, directory, id);
        var usage = await bash.PasteAsync(blocks[4]);
        Assert.Contains($"\"apiKeyId\":\"{id}\"", usage, StringComparison.Ordinal);
        Assert.Contains($"{id},gpt-4-free,", usage, StringComparison.Ordinal);
        var end = await bash.PasteAsync(blocks[5]);
        Assert.Contains("\"previousKeyValidUntil\":\"20", end, StringComparison.Ordinal);
        Assert.Contains("\"status\":\"revoked\"", end, StringComparison.Ordinal);
    }

    /// <summary>The section's fenced blocks, in order.</summary>
    private static string[] Blocks()
    {
        var readme = Repository.Read("README.md");
        var begin = readme.IndexOf(Section, StringComparison.Ordinal);
        Assert.True(begin >= 0, $"README.md has no section \"{Section}\".");
        var end = readme.IndexOf("\n## ", begin + Section.Length, StringComparison.Ordinal);
        return [.. Block().Matches(readme[begin..end]).Select(static match => match.Groups["commands"].Value)];
    }

    // The figures need a moment, which a reader of the README takes anyway.
    private static Task<string> UntilUsageIsThereAsync(SiloProcess silo, TemporaryDirectory directory, string keyId)
    {
        silo.UseKey(File.ReadAllText(directory.File("data/admin-key")).Trim());
        return Soon.Becomes(
            async () => await silo.Http.GetStringAsync("/admin/usage?bucket_width=total&group_by=api_key_id"),
            usage => usage.Contains(keyId, StringComparison.Ordinal),
            "the usage is told"
        );
    }

    [GeneratedRegex("^```sh\n(?<commands>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
