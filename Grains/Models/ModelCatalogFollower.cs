using FlowGpt.Grains.Interfaces.Models;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FlowGpt.Grains.Models;

/// <summary>Keeps this silo's routes up to date: asks every few seconds for those that were added and discovered. Ends with the host.</summary>
internal sealed partial class ModelCatalogFollower(
    IGrainFactory grains,
    ModelCatalogSource source,
    TimeProvider time,
    ILogger<ModelCatalogFollower> logger
) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private bool _failing;
    private bool _asked;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            do
            {
                await FollowAsync();
            } while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task FollowAsync()
    {
        try
        {
            source.Use(await grains.GetGrain<IModelCatalogGrain>(IModelCatalogGrain.Key).GetAdded());
            var discovery = grains.GetGrain<IModelDiscoveryGrain>(IModelDiscoveryGrain.Key);
            source.Use(await discovery.Get());
            if (!_asked)
            {
                source.Use(await discovery.GetOnceAsked());
                _asked = true;
            }

            _failing = false;
        }
#pragma warning disable CA1031 // What is known goes on being used.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (!_failing)
            {
                LogFailed(exception);
            }

            _failing = true;
        }
    }

    [LoggerMessage(
        EventId = 2501,
        Level = LogLevel.Warning,
        Message = "The added and discovered models could not be read; those known before go on"
    )]
    private partial void LogFailed(Exception exception);
}
