using Microsoft.Extensions.Hosting;

namespace FlowGpt.Grains.Tokens;

/// <summary>Loads the encoding while the silo starts, so that the first request does not pay for it.</summary>
internal sealed class TokenCounterWarmUp(TokenCounter tokens) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        tokens.Warm();
        return Task.CompletedTask;
    }
}
