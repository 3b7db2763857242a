using FlowGpt.Grains.Tokens;

namespace FlowGpt.Silo.Hosting;

/// <summary>Loads the tokenizer's vocabulary while the process starts, so that the first request does not pay for it.</summary>
internal sealed class TokenCounterWarmUp(TokenCounter tokens) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        tokens.Warm();
        return Task.CompletedTask;
    }
}
