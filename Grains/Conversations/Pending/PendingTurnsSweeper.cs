using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Conversations.Pending;

/// <summary>
/// Has the index of unfinished turns swept, when this silo starts and then periodically. Every silo does it, so that it is done whichever of them dies.
/// </summary>
internal sealed partial class PendingTurnsSweeper(
    IGrainFactory grains,
    IOptions<ConversationOptions> options,
    TimeProvider time,
    ILogger<PendingTurnsSweeper> logger
) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.SweepInterval, time);
        try
        {
            do
            {
                for (var shard = 0; shard < IPendingTurnsGrain.Shards; shard++)
                {
                    await SweepAsync(shard);
                }
            } while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task SweepAsync(int shard)
    {
        try
        {
            await grains.GetGrain<IPendingTurnsGrain>(shard).Sweep();
        }
        catch (Exception exception)
        {
            LogSweepFailed(exception, shard);
        }
    }

    [LoggerMessage(
        EventId = 3103,
        Level = LogLevel.Warning,
        Message = "Part {Shard} of the index of unfinished turns could not be swept; trying again"
    )]
    private partial void LogSweepFailed(Exception exception, int shard);
}
