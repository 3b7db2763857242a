using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Health;

/// <summary>
/// At a stop goes on taking requests for <see cref="FrontendOptions.LeaveFor"/> while <c>/health/ready</c> says 503 and each reply closes its connection: a proxy then has
/// no idle connection left into which it writes a request just when the process closes it.
/// </summary>
internal sealed class LeaveTime(IOptions<FrontendOptions> options, TimeProvider time) : IHostedLifecycleService
{
    public Task StoppingAsync(CancellationToken cancellationToken) =>
        options.Value.LeaveFor > TimeSpan.Zero
            ? Task.Delay(options.Value.LeaveFor, time, cancellationToken).ContinueWith(static _ => { }, TaskScheduler.Default)
            : Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
