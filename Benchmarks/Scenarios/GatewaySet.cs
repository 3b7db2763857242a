using FlowGpt.Benchmarks.Targets;

namespace FlowGpt.Benchmarks.Scenarios;

/// <summary>The gateways of a comparison: this build, or builds that were published into folders, each in both context modes.</summary>
internal sealed class GatewaySet : IAsyncDisposable
{
    private readonly List<(string Name, GatewayProcess Gateway)> _all = [];

    private GatewaySet() { }

    public IReadOnlyList<(string Name, GatewayProcess Gateway)> All => _all;

    /// <summary>Starts those whose name has <see cref="BenchmarkOptions.Only"/> in it.</summary>
    public static async Task<GatewaySet> StartAsync(Uri upstream, BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var set = new GatewaySet();
        try
        {
            var builds = options.Floor.Gateways is { Count: > 0 } named ? named : [new("", null)];
            foreach (var mode in (string[])[GatewaySettings.Conversation, GatewaySettings.History])
            {
                foreach (var (build, folder) in builds)
                {
                    var name = build.Length == 0 ? mode : $"{build}, {mode}";
                    if (name.Contains(options.Only, StringComparison.OrdinalIgnoreCase))
                    {
                        var settings = new GatewaySettings(mode) { Variables = options.Variables, Folder = folder };
                        set._all.Add((name, await GatewayProcess.StartAsync(upstream, settings, cancellationToken)));
                    }
                }
            }

            return set;
        }
        catch
        {
            await set.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, gateway) in _all)
        {
            await gateway.DisposeAsync();
        }
    }
}
