using FlowGpt.Grains.Interfaces.Keys;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Keys;

public sealed class KeyMeterPropertyTests
{
    private static readonly ApiKeyLimits[] Shapes =
    [
        new() { RequestsPerMinute = 3 },
        new() { TokensPerMinute = 900 },
        new() { MaxConcurrentRequests = 2 },
        new() { TokensPerDay = 2000 },
        new() { TokensPerMonth = 5000, MaxConcurrentRequests = 3 },
        new()
        {
            RequestsPerMinute = 8,
            TokensPerMinute = 1500,
            MaxConcurrentRequests = 4,
            TokensPerDay = 4000,
            TokensPerMonth = 9000,
        },
        new() { RequestsPerMinute = 2000, TokensPerDay = 30_000 },
    ];

    [Property(MaxTest = 3000, Arbitrary = [typeof(KeyHistories)])]
    public void AnyHistory_NeverOverALimit(KeyStep[] history, byte shape)
    {
        var world = new KeyWorld(Shapes[shape % Shapes.Length]);

        world.Run(history);
        world.CheckTokens();

        Assert.Empty(world.Violations);
    }

    [Property(MaxTest = 500, Arbitrary = [typeof(KeyHistories)])]
    public void AnyHistory_EveryReservationSettlesOrExpires(KeyStep[] history, byte shape)
    {
        var world = new KeyWorld(Shapes[shape % Shapes.Length]);

        world.Run(history);
        world.Drain();
        Assert.Empty(world.KnownRunning().Except(world.Meter.Running.Select(static one => one.RequestId)));
        world.Pass(TimeSpan.FromMinutes(8));

        Assert.Empty(world.Meter.Running);
        var use = world.Meter.Use(world.Now);
        Assert.Equal((0, 0L, 0L), (use.Running, use.RequestsInMinute, use.TokensInMinute));
    }

    [Property(MaxTest = 500, Arbitrary = [typeof(KeyHistories)])]
    public void HistoryWithoutDeaths_CountsExactlyWhatWasUsed(KeyStep[] history)
    {
        var world = new KeyWorld(new ApiKeyLimits { TokensPerDay = 4000, RequestsPerMinute = 100 });

        world.Run(history.Where(step => step is KeyStep.Ask or KeyStep.End or KeyStep.Repeat or KeyStep.Move));
        world.Drain();

        Assert.Equal(world.UsedToday, world.Meter.Use(world.Now).TokensToday);
    }
}
