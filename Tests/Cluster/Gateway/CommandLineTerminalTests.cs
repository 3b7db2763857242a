using FlowGpt.Cli.Connections;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>The command line in a terminal, as people see it.</summary>
[Collection(SharedGateway.Name)]
public sealed class CommandLineTerminalTests(GatewayFixture fixture)
{
    private const string Interrupt = "\x03";

    private Dictionary<string, string> Variables =>
        new()
        {
            ["FLOWGPT_URL"] = fixture.Gateway.Http.BaseAddress!.ToString(),
            ["ADMIN_API_KEY"] = Gateway.AdminKey,
            ["API_KEY"] = Gateway.MasterKey,
        };

    [Theory]
    [InlineData(60)]
    [InlineData(120)]
    public async Task Table_OfAnyWidth_FitsTheTerminal(int columns)
    {
        await using var terminal = PseudoTerminal.Start(Variables, columns, "accounts", "list");

        Assert.Equal(ExitCodes.Done, await terminal.EndAsync());
        var lines = terminal.Text.Split('\n');
        Assert.Contains(lines, static line => line.Contains("Ready", StringComparison.Ordinal));
        Assert.All(lines, line => Assert.True(line.Length <= columns, $"{line.Length}: {line}"));
        Assert.Contains("\x1b[", terminal.Raw, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Top_UntilItIsInterrupted_IsDrawnAnewInPlace()
    {
        await using var terminal = PseudoTerminal.Start(Variables, 120, "top");
        await terminal.SeeAsync(static text => text.Split("req/s").Length > 2, "a second sample");

        await terminal.TypeAsync(Interrupt);

        Assert.Equal(ExitCodes.Interrupted, await terminal.EndAsync());
        // The cursor moves up to the start of the sample before.
        Assert.Matches(@"\x1b\[\d+A", terminal.Raw);
    }

    [Fact]
    public async Task Chat_LineByLine_AnswersEachAndEnds()
    {
        await using var terminal = PseudoTerminal.Start(Variables, 120, "chat", "-m", Gateway.Model);
        await terminal.SeeAsync(static text => text.EndsWith("> ", StringComparison.Ordinal), "the first prompt");

        await terminal.TypeAsync("Hello there.\n");
        await terminal.SeeAsync(
            static text => text.Split("> ").Length > 2 && text.EndsWith("> ", StringComparison.Ordinal),
            "an answer and the next prompt"
        );
        await terminal.TypeAsync("/quit\n");

        Assert.Equal(ExitCodes.Done, await terminal.EndAsync());
        var answer = terminal.Text.Split("> ")[1].Split('\n', 2)[1];
        Assert.True(answer.Trim().Length > 0, terminal.Text);
    }
}
