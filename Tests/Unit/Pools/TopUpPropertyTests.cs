using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Tests.Unit.Pools.World;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Pools;

/// <summary>Replies that grow and end at any length, and a pool that dies at any point, compared with a separate count.</summary>
public sealed class TopUpPropertyTests
{
    private const int Limit = 12_000;
    private static readonly AccountDefinition Account = PoolWorld.Account("a", AccountLimits.None with { TokensPerMinute = Limit });

    [Property(MaxTest = 500)]
    public void AnyHistory_NeverOverTheLimit_AndNothingStaysReserved(byte[] history, int seed)
    {
        var world = new World(seed);
        foreach (var step in history)
        {
            world.Take(step);
            Assert.InRange(world.UsedUpstream(), 0, Limit);
            Assert.True(world.UsedInPool() >= world.UsedUpstream());
        }

        world.EndAll();
        world.Pass(20);
        world.Pass(20);
        world.Pass(62);
        Assert.Equal(0, world.UsedInPool());
        Assert.Equal(Limit, Assert.IsType<AcquireResult.Granted>(world.Ask(Limit - 2048, null)).Lease.Tokens);
    }

    private sealed class World(int seed)
    {
        private readonly Random _random = new(seed);
        private readonly List<Call> _calls = [];
        private PoolDriver _pool = new(null, Account);

        private DateTimeOffset Now => _pool.Now;

        public long UsedInPool() => _pool.Pool.Snapshot(_pool.Now).Accounts[0].Windows[0].Used;

        public long UsedUpstream() => _calls.Where(call => call.Arrived > Now - TimeSpan.FromMinutes(1)).Sum(static call => call.Used);

        public AcquireResult Ask(long prompt, long? most) => _pool.AcquireReply(prompt, most);

        public void Pass(double seconds) => _pool.Pass(seconds);

        public void Take(byte step)
        {
            switch (step % 8)
            {
                case 0
                or 1 when Ask(_random.Next(3000), _random.Next(3) == 0 ? null : _random.Next(100_000)) is AcquireResult.Granted granted:
                    Begin(granted.Lease);
                    break;
                case 2 or 3 or 4 when Running() is { } call:
                    call.Used = _random.NextInt64(call.Used, call.Reserved + 1);
                    call.Reserved = TopUp(call, call.Reserved + _random.Next(1, 4000));
                    break;
                case 5 when Running() is { } call:
                    call.Used = _random.NextInt64(call.Used, call.Reserved + 1);
                    End(call);
                    break;
                case 6:
                    Pass(_random.NextDouble() * 25);
                    break;
                case 7:
                    Restart();
                    break;
            }
        }

        public void EndAll()
        {
            while (Running() is { } call)
            {
                End(call);
            }
        }

        private Call? Running()
        {
            var running = _calls.Where(static call => !call.Over).ToArray();
            return running.Length == 0 ? null : running[_random.Next(running.Length)];
        }

        private void Begin(Lease lease)
        {
            var call = new Call(lease, Now) { Reserved = lease.Tokens };
            _calls.Add(call);
            _pool.Pool.Renew([Held(call)], _pool.Now);
        }

        private long TopUp(Call call, long upTo)
        {
            long? total;
            while ((total = _pool.Pool.TopUp(Held(call), upTo, _pool.Now)) is null)
            {
                _pool.Write();
            }

            return total.Value;
        }

        private void End(Call call)
        {
            call.Over = true;
            _pool.Pool.Settle(new(call.Lease.Id, true, call.Used, null, Now - call.Arrived, call.Lease.Account), _pool.Now);
            _pool.Write();
        }

        /// <summary>The process dies; the next process has the stored records and what the holders report.</summary>
        private void Restart()
        {
            var now = _pool.Now - PoolWorld.Start;
            _pool = new PoolDriver(_pool.Stored, null, now, _random.Next(), Account);
            _pool.Pool.Renew([.. _calls.Where(static call => !call.Over).Select(Held)], _pool.Now);
        }

        private HeldLease Held(Call call) =>
            new(call.Lease.Id, call.Lease.Account, "silo", call.Reserved, Now - call.Arrived) { Used = call.Used };
    }

    private sealed class Call(Lease lease, DateTimeOffset arrived)
    {
        public Lease Lease => lease;

        public DateTimeOffset Arrived => arrived;

        public long Reserved { get; set; }

        public long Used { get; set; }

        public bool Over { get; set; }
    }
}
