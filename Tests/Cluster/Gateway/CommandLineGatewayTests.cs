using System.Text.Json;
using FlowGpt.Cli.Connections;
using FlowGpt.Tests.Unit.Cli;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>The command line against a gateway.</summary>
[Collection(SharedGateway.Name)]
public sealed class CommandLineGatewayTests : IDisposable
{
    private readonly TestTerminal _terminal = new();
    private readonly Gateway _gateway;

    public CommandLineGatewayTests(GatewayFixture fixture)
    {
        _gateway = fixture.Gateway;
        _terminal.Variables["FLOWGPT_URL"] = _gateway.Http.BaseAddress!.ToString();
    }

    public void Dispose() => _terminal.Dispose();

    [Fact]
    public async Task Login_RightKey_IsKeptForThisGatewayAlone()
    {
        var (wrong, _, errors) = await _terminal.RunAsync("sk-wrong\n", "login");
        Assert.Equal(ExitCodes.Failed, wrong);
        Assert.NotEqual("", errors);
        Assert.False(File.Exists(_terminal.ProfileFile));

        var (code, output, _) = await _terminal.RunAsync($"{Gateway.AdminKey}\n", "login");

        Assert.Equal(ExitCodes.Done, code);
        Assert.DoesNotContain(Gateway.AdminKey, output, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_terminal.ProfileFile));
        }

        Assert.Equal(ExitCodes.Done, (await _terminal.RunAsync(null, "keys", "list")).Code);
        Assert.Equal(ExitCodes.Usage, (await _terminal.RunAsync(null, "keys", "list", "--url", "http://127.0.0.1:1")).Code);
    }

    [Theory]
    [InlineData("accounts", "list")]
    [InlineData("keys", "list")]
    [InlineData("usage", "--by", "model")]
    [InlineData("routes", "list")]
    [InlineData("requests", "list")]
    [InlineData("audit")]
    [InlineData("cluster", "show")]
    [InlineData("top", "-n", "1")]
    public async Task Run_EveryList_IsATableForPeopleAndJsonForScripts(params string[] arguments)
    {
        _terminal.Variables["ADMIN_API_KEY"] = Gateway.AdminKey;

        var (code, table, errors) = await _terminal.RunAsync(null, arguments);
        Assert.Equal((ExitCodes.Done, ""), (code, errors));
        Assert.DoesNotContain("{", table, StringComparison.Ordinal);
        Assert.NotEqual("", table.Trim());

        (code, var json, _) = await _terminal.RunAsync(null, [.. arguments, "--json"]);
        Assert.Equal(ExitCodes.Done, code);
        Assert.StartsWith("{", json, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_MadeUsedAndRevoked_EachStepHolds()
    {
        _terminal.Variables["ADMIN_API_KEY"] = Gateway.AdminKey;
        var (code, made, _) = await _terminal.RunAsync(null, "keys", "create", "by-cli", "--limit", "requestsPerMinute=60", "--json");
        Assert.Equal(ExitCodes.Done, code);
        var key = JsonDocument.Parse(made).RootElement;
        _terminal.Variables["API_KEY"] = key.GetProperty("key").GetString()!;

        (code, var answer, var errors) = await _terminal.RunAsync(null, "chat", "Say exactly: by the command line");
        Assert.Equal((ExitCodes.Done, ""), (code, errors));
        Assert.Equal("by the command line", answer.Trim());

        (code, answer, _) = await _terminal.RunAsync("Say exactly: one\n/new\nSay exactly: two\n/new\n/tmp/a is a path\n/quit\n", "chat");
        Assert.Equal(ExitCodes.Done, code);
        Assert.Equal(
            ["one", "two", "Echo: /tmp/a is a path"],
            answer.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        );

        var id = key.GetProperty("id").GetString()!;
        Assert.Equal(ExitCodes.Usage, (await _terminal.RunAsync(null, "keys", "revoke", id)).Code);
        Assert.Equal(ExitCodes.Done, (await _terminal.RunAsync(null, "keys", "revoke", id, "--yes")).Code);
        Assert.Contains(id, (await _terminal.RunAsync(null, "audit", "--json")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_AllIsWell_SaysSoLineByLine()
    {
        _terminal.Variables["ADMIN_API_KEY"] = Gateway.AdminKey;
        _terminal.Variables["API_KEY"] = Gateway.MasterKey;

        var (_, output, _) = await _terminal.RunAsync(null, "doctor");

        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains(lines, static line => line.StartsWith("ok     The admin key is right", StringComparison.Ordinal));
        Assert.Contains(lines, static line => line.StartsWith("ok     gpt-4-free answers a request", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Doctor_WrongKey_NamesIt()
    {
        _terminal.Variables["ADMIN_API_KEY"] = "sk-wrong";

        var (code, output, _) = await _terminal.RunAsync(null, "doctor");

        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("wrong  The admin key is right:", output, StringComparison.Ordinal);
    }
}
