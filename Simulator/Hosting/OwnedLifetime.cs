namespace FlowGpt.Simulator.Hosting;

/// <summary>The lifetime of a simulator inside another program: it ends when its owner disposes it, not on signals to the process.</summary>
internal sealed class OwnedLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
