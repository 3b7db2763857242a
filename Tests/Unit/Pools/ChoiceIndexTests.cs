using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Pools;
using FlowGpt.Grains.Pools.Choice;
using FlowGpt.Grains.Pools.Health;
using FlowGpt.Tests.Unit.Pools.World;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Pools;

/// <summary>The index of a large pool chooses the same account as a search of all accounts.</summary>
public sealed class ChoiceIndexTests
{
    private const int Steps = 250;

    private readonly List<Lease> _leases = [];
    private Random _random = new(0);
    private DateTimeOffset _now = PoolWorld.Start;
    private int _compared;

    [Property(MaxTest = 60)]
    public void AnyHistory_ChoosesAsTheScanDoes(int seed, byte strategy, byte count)
    {
        _random = new Random(seed);
        var options = new PoolOptions { Strategy = (ChoiceStrategyKind)(strategy % 4) };
        var ids = 0;
        var pool = new TokenPool("pool", options, _ => new Guid(++ids, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1), largeFrom: 0);
        pool.Restore(new(), _now);
        Define(pool, 1 + (count % 30));
        pool.FinishRecovery(_now);
        Write(pool);
        for (var step = 0; step < Steps; step++)
        {
            Step(pool);
        }

        Assert.NotEqual(0, _compared);
    }

    private void Step(TokenPool pool)
    {
        switch (_random.Next(12))
        {
            case < 6:
                Acquire(pool);
                break;
            case < 9 when _leases.Count > 0:
                Settle(pool);
                break;
            case 9:
                Define(pool, 1 + _random.Next(30));
                break;
            case 10:
                pool.Reset($"a{_random.Next(30)}", _now);
                break;
            default:
                _now += TimeSpan.FromMilliseconds(_random.Next(3) == 0 ? _random.Next(70_000) : _random.Next(900));
                pool.Tick(_now);
                break;
        }

        Write(pool);
    }

    private void Acquire(TokenPool pool)
    {
        var request = new AcquireRequest(
            $"r{_random.Next()}",
            "k",
            "m",
            _random.Next(4) == 0 ? $"a{_random.Next(30)}" : null,
            _random.Next(4) == 0 ? [$"a{_random.Next(30)}"] : [],
            _random.Next(600),
            100,
            TimeSpan.Zero,
            "silo"
        )
        {
            UpstreamModel = _random.Next(2) == 0 ? "x" : "y",
        };
        var quick = pool.SelectByIndex(request, null, _now);
        var scan = pool.SelectByScan(request, null, _now);
        if (quick is { } chosen)
        {
            _compared++;
            Assert.Equal((scan.Account?.Name, scan.Why, scan.NeedsStorage), (chosen.Account?.Name, chosen.Why, chosen.NeedsStorage));
        }
        else if (pool.Breaker == BreakerState.Closed)
        {
            Assert.True(
                scan.Account is null || scan.Why is "only accounts that go last are free" or "probe of an account",
                $"The index found nobody, the scan {scan.Account?.Name}: {scan.Why}."
            );
        }

        if (pool.Acquire(request, _now) is AcquireResult.Granted granted)
        {
            _leases.Add(granted.Lease);
        }
    }

    private void Settle(TokenPool pool)
    {
        var lease = _leases[_random.Next(_leases.Count)];
        _leases.Remove(lease);
        UpstreamFailure? failure = _random.Next(10) switch
        {
            0 => PoolDriver.RateLimited(_random.Next(40)),
            1 => PoolDriver.Unauthorized(),
            2 => PoolDriver.ServerError(),
            3 => PoolDriver.Refused(),
            4 => PoolDriver.BadRequest(),
            _ => null,
        };
        pool.Settle(new(lease.Id, true, _random.Next(500), failure, failure is null ? TimeSpan.Zero : null, lease.Account), _now);
    }

    private void Define(TokenPool pool, int count)
    {
        var random = new Random(3);
        pool.SetAccounts(
            new(
                1,
                [
                    .. Enumerable
                        .Range(0, count)
                        .Select(number =>
                            PoolWorld.Account(
                                $"a{number}",
                                new AccountLimits
                                {
                                    RequestsPerMinute = random.Next(3) == 0 ? 1 + random.Next(9) : null,
                                    RequestsPerDay = random.Next(3) == 0 ? 20 + random.Next(90) : null,
                                    TokensPerMinute = random.Next(3) == 0 ? 500 + random.Next(9000) : null,
                                    MaxConcurrent = random.Next(2) == 0 ? 1 + random.Next(4) : null,
                                }
                            ) with
                            {
                                Weight = 1 + random.Next(4),
                            }
                        ),
                ]
            ),
            (_, field) => field,
            _now
        );
    }

    private void Write(TokenPool pool)
    {
        while (pool.WriteWanted(_now))
        {
            pool.BeginWrite(_now);
            pool.EndWrite(true, _now);
        }

        pool.Events.Clear();
        pool.Completed.Clear();
    }
}
