using FlowGpt.Cli.Accounts;
using FlowGpt.Cli.Completion;
using FlowGpt.Cli.Connections;
using FlowGpt.Tests.Unit.Packaging;
using Microsoft.Extensions.Configuration;

namespace FlowGpt.Tests.Unit.Cli;

public sealed class CommandLineTests : IDisposable
{
    private const string WriteVariable = "FLOWGPT_WRITE_GOLDEN";

    private readonly TestTerminal _terminal = new();

    public static TheoryData<string> Commands =>
        [
            "",
            .. CompletionCommand
                .Commands.Where(static one => one.Key != "completion")
                .SelectMany(static one => one.Value.Select(below => $"{one.Key} {below}").Prepend(one.Key)),
            "completion",
        ];

    public void Dispose() => _terminal.Dispose();

    private static bool IsWriting => new ConfigurationBuilder().AddEnvironmentVariables().Build()[WriteVariable] == "1";

    /// <summary>The help of each command is compared with a file, so that changes are reviewed: set FLOWGPT_WRITE_GOLDEN=1 to write the files again.</summary>
    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Help_OfACommand_IsAsKept(string command)
    {
        string[] words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var (code, output, _) = await _terminal.RunAsync(null, [.. words, "--help"]);
        var file = Path.Combine(
            Repository.Root,
            "Tests/Unit/Cli/Help",
            $"{(command.Length == 0 ? "flowgpt" : command.Replace(' ', '-'))}.txt"
        );
        var text = string.Join('\n', output.ReplaceLineEndings("\n").Split('\n').Select(static line => line.TrimEnd())).Trim() + "\n";
        if (IsWriting)
        {
            await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);
        }

        Assert.Equal(ExitCodes.Done, code);
        Assert.Equal(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), text);
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task Completion_OfAShell_HasEveryCommand(string shell)
    {
        var (code, output, _) = await _terminal.RunAsync(null, "completion", shell);

        Assert.Equal(ExitCodes.Done, code);
        var (_, help, _) = await _terminal.RunAsync(null, "--help");
        var names = help[help.IndexOf("COMMANDS:", StringComparison.Ordinal)..]
            .Split('\n')
            .Skip(1)
            .Select(static line => line.Trim().Split(' ')[0])
            .Where(static name => name.Length > 0);
        Assert.All(names, name => Assert.Contains(name, output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("there is no admin key", "status")]
    [InlineData("'ftp://x' is no address", "status", "--url", "ftp://x")]
    [InlineData("'yesterdayish' is no time", "usage", "--from", "yesterdayish")]
    [InlineData("'owner' is no group. Give key, model or account", "usage", "--by", "owner")]
    [InlineData("Unknown command", "stauts")]
    [InlineData("Unknown option", "status", "--admin-key", "secret")]
    [InlineData("is not of the form", "routes", "set", "smart", "--target", "nowhere")]
    public async Task Run_GivenWrongly_SaysWhatToDoAndEndsWithTwo(string problem, params string[] arguments)
    {
        if (arguments is not ["status"])
        {
            _terminal.Variables["ADMIN_API_KEY"] = "key";
        }

        var (code, output, errors) = await _terminal.RunAsync(null, arguments);

        Assert.Equal((ExitCodes.Usage, ""), (code, output));
        Assert.Contains(problem, errors, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Version_IsTheProgramsAndEndsWithZero()
    {
        var (code, output, _) = await _terminal.RunAsync(null, "--version");

        Assert.Equal(ExitCodes.Done, code);
        Assert.Matches(@"^\d+\.\d+\.\d+(\+[0-9a-f]+)?\s*$", output);
    }

    [Fact]
    public async Task Run_GatewayIsNotThere_EndsWithThree()
    {
        _terminal.Variables["ADMIN_API_KEY"] = "key";

        var (code, _, errors) = await _terminal.RunAsync(null, "status", "--url", "http://127.0.0.1:1");

        Assert.Equal(ExitCodes.Unreachable, code);
        Assert.Contains("cannot be reached", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_CommandsAlone_AreAnsweredHereAndAskNobody()
    {
        const string Commands = "/new begins a new conversation, /quit ends.";
        _terminal.Variables["API_KEY"] = "key";

        var (code, output, errors) = await _terminal.RunAsync(
            "/help\n/frobnicate\n\n/new\n/exit\nnever asked\n",
            "chat",
            "--url",
            "http://127.0.0.1:1"
        );

        Assert.Equal((ExitCodes.Done, Commands), (code, output.Trim()));
        Assert.Equal($"error: there is no command /frobnicate. {Commands}", errors.Trim());
    }

    [Fact]
    public void Import_LineOfAnAccount_KeepsTheCredentialApart()
    {
        var account = ImportCommand.Parse("""{"name":"a1","apiKey":"secret","limits":{"requestsPerMinute":60}}""");

        Assert.Equal(("a1", "secret", 60L), (account.Name, account.Credential["apiKey"], account.Limits!["requestsPerMinute"]));
        Assert.Throws<UsageException>(static () => ImportCommand.Parse("a1;secret"));
    }
}
