using System.Diagnostics;
using System.Globalization;

namespace FlowGpt.Tests.Process.Faults;

/// <summary>
/// A network of this machine's own: a bridge, which the machine is on, and one network namespace behind a cable that can be pulled. What is pulled stays
/// silent: connections stay open and nothing comes, as with a broken switch.
/// </summary>
internal sealed class FaultNetwork : IAsyncDisposable
{
    private readonly string _name;
    private readonly string _subnet;

    private FaultNetwork(int number)
    {
        _name = string.Create(CultureInfo.InvariantCulture, $"fgc{number}");
        _subnet = string.Create(CultureInfo.InvariantCulture, $"10.213.{number % 250}");
    }

    /// <summary>This machine on the bridge.</summary>
    public string HostAddress => $"{_subnet}.1";

    /// <summary>Behind the cable.</summary>
    public string InsideAddress => $"{_subnet}.2";

    /// <summary>What stands before a command to run it behind the cable.</summary>
    public IReadOnlyList<string> RunInside => [ExternalProgram.Ip.PathOrSkip(), "netns", "exec", _name];

    private string Cable => $"{_name}v";

    /// <summary>Makes the network. Skips the running test, visibly, where it is not allowed.</summary>
    public static async Task<FaultNetwork> CreateAsync()
    {
        ExternalProgram.Ip.PathOrSkip();
        var network = new FaultNetwork(Environment.ProcessId % 100_000);
        var (code, said) = await RunAsync("netns", "add", network._name);
        Assert.SkipUnless(code == 0, $"Network namespaces are not allowed here (run as root, with CAP_NET_ADMIN and CAP_SYS_ADMIN): {said}");
        try
        {
            await network.BuildAsync();
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>Pulls the cable.</summary>
    public Task CutAsync() => MustAsync("link", "set", Cable, "nomaster");

    /// <summary>Plugs it in again.</summary>
    public Task HealAsync() => MustAsync("link", "set", Cable, "master", _name);

    public async ValueTask DisposeAsync()
    {
        await RunAsync("netns", "del", _name);
        await RunAsync("link", "del", Cable);
        await RunAsync("link", "del", _name);
    }

    private async Task BuildAsync()
    {
        await MustAsync("link", "add", _name, "type", "bridge");
        await MustAsync("addr", "add", $"{HostAddress}/24", "dev", _name);
        await MustAsync("link", "set", _name, "up");
        await MustAsync("link", "add", Cable, "type", "veth", "peer", "name", "eth0", "netns", _name);
        await MustAsync("link", "set", Cable, "up");
        await HealAsync();
        await MustAsync("-n", _name, "addr", "add", $"{InsideAddress}/24", "dev", "eth0");
        await MustAsync("-n", _name, "link", "set", "eth0", "up");
        await MustAsync("-n", _name, "link", "set", "lo", "up");
    }

    private static async Task MustAsync(params string[] arguments)
    {
        var (code, said) = await RunAsync(arguments);
        Assert.True(code == 0, $"ip {string.Join(' ', arguments)}: {said}");
    }

    private static async Task<(int Code, string Said)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(ExternalProgram.Ip.PathOrSkip(), arguments) { RedirectStandardError = true };
        using var process = System.Diagnostics.Process.Start(start)!;
        var said = await process.StandardError.ReadToEndAsync().WaitAsync(FaultCluster.Deadline);
        await process.WaitForExitAsync().WaitAsync(FaultCluster.Deadline);
        return (process.ExitCode, said);
    }
}
