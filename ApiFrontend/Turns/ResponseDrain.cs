using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Turns;

/// <summary>
/// At a stop of this process requests in flight continue for <see cref="FrontendOptions.DrainTimeout"/>, then each is ended with an error while its connection
/// still stands. The time begins before the web server stops, which closes the remaining connections without a word at the end of the stop.
/// </summary>
internal sealed class ResponseDrain(IOptions<FrontendOptions> options, TimeProvider time) : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource _leaving = new();
    private ITimer? _timer;

    /// <summary>Cancelled once <see cref="FrontendOptions.DrainTimeout"/> has elapsed.</summary>
    public CancellationToken Leaving => _leaving.Token;

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        _timer ??= time.CreateTimer(
            static drain => ((ResponseDrain)drain!)._leaving.Cancel(),
            this,
            options.Value.DrainTimeout,
            Timeout.InfiniteTimeSpan
        );
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _timer?.Dispose();
        _leaving.Dispose();
    }
}
