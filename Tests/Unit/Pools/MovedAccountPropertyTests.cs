using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Pools;
using FlowGpt.Tests.Unit.Pools.World;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Pools;

/// <summary>
/// One account that its operator moves between three pools, which see each change at moments of their own, lose their process, and ask each other: whatever happens, the
/// account is never used beyond its limits, and in the end it serves again.
/// </summary>
public sealed class MovedAccountPropertyTests
{
    private const int Requests = 12;
    private const long Tokens = 40_000;

    [Property(MaxTest = 300)]
    public void AnyHistory_NeverOverALimit_AndServesInTheEnd(int seed)
    {
        var world = new World(new Random(seed));
        for (var i = 0; i < 200; i++)
        {
            world.Step();
        }

        world.Settle();
        Assert.Empty(world.Problems);
    }

    private sealed class World
    {
        private readonly Random _random;
        private readonly Member[] _pools;
        private readonly List<Call> _calls = [];
        private readonly List<(DateTimeOffset At, long Tokens)> _used = [];
        private DateTimeOffset _now = PoolWorld.Start;
        private int _home;
        private int _requests;

        public World(Random random)
        {
            _random = random;
            _pools = [.. Enumerable.Range(0, 3).Select(_ => new Member())];
            foreach (var pool in _pools)
            {
                Boot(pool);
                pool.Sees = 0;
                See(pool);
            }
        }

        public List<string> Problems { get; } = [];

        public void Step()
        {
            var pool = _pools[_random.Next(_pools.Length)];
            _now += TimeSpan.FromSeconds(_random.Next(30));
            switch (_random.Next(12))
            {
                case 0:
                    _home = _random.Next(_pools.Length);
                    break;
                case < 4:
                    pool.Sees = _home;
                    See(pool);
                    break;
                case < 6:
                    Ask(pool);
                    break;
                case < 9:
                    Call(pool);
                    break;
                case 9 when _calls.Count > 0:
                    End(_calls[_random.Next(_calls.Count)]);
                    break;
                case 10 when _random.Next(4) == 0:
                    pool.Stored = _random.Next(2) == 0 && pool.Pool.Close(_now) is { } last ? last : pool.Stored;
                    Boot(pool);
                    See(pool);
                    break;
            }

            foreach (var one in _pools)
            {
                one.Pool.Tick(_now);
                Write(one);
            }
        }

        /// <summary>All have read the file, all calls end, a day goes by: the account serves where it belongs, and there alone.</summary>
        public void Settle()
        {
            while (_calls.Count > 0)
            {
                End(_calls[0]);
            }

            _now += TimeSpan.FromDays(2);
            for (var round = 0; round < 3; round++)
            {
                foreach (var pool in _pools)
                {
                    pool.Sees = _home;
                    See(pool);
                    pool.Pool.Tick(_now);
                    Write(pool);
                    Ask(pool);
                }
            }

            var serving = Array.FindIndex(_pools, pool => Acquire(pool) is not null);
            if (serving != _home)
            {
                Problems.Add($"pool {serving} serves, the account is in {_home}");
            }
        }

        private void Boot(Member pool)
        {
            var ids = new Random(_random.Next());
            pool.Pool = new("pool", new() { LeaseTtl = TimeSpan.FromDays(1) }, _ => NewId(ids)) { AwaitsArrivals = true };
            pool.Pool.Restore(pool.Stored, _now);
        }

        private void See(Member pool)
        {
            AccountDefinition[] accounts =
                _pools[pool.Sees] == pool ? [PoolWorld.Account("x", new() { RequestsPerDay = Requests, TokensPerDay = (int)Tokens })] : [];
            pool.Pool.SetAccounts(new(++pool.Version, [.. accounts]), static (_, field) => field, _now);
            if (pool.Pool.Recovering)
            {
                pool.Pool.Renew([.. _calls.Where(call => call.Pool == pool).Select(Held)], _now);
                pool.Pool.FinishRecovery(_now);
            }

            Write(pool);
        }

        private static HeldLease Held(Call call) => new(call.Lease.Id, "x", "silo", call.Lease.Tokens, null);

        /// <summary>As the grain asks: everyone answers, or what anyone says is not believed; forgetting may be lost.</summary>
        private void Ask(Member pool)
        {
            var wanted = pool.Pool.Arrivals();
            var answers = new List<(Member Pool, GivenAccount Given)>();
            foreach (var other in _pools.Where(other => other != pool))
            {
                answers.AddRange(other.Pool.Give(wanted, "", _now).Select(given => (other, given)));
                other.Pool.WantWrite();
                Write(other);
            }

            if (wanted.IsEmpty || answers.Exists(static one => one.Given.Use is null))
            {
                return;
            }

            pool.Pool.Arrive(
                wanted,
                answers.ToLookup(static one => one.Given.Name, static one => one.Given.Use!),
                static (_, field) => field,
                _now
            );
            Write(pool);
            foreach (var (other, given) in answers.Where(_ => _random.Next(8) > 0))
            {
                other.Pool.Forget([given.KnownAs]);
                Write(other);
            }
        }

        private void Call(Member pool)
        {
            if (Acquire(pool) is { } lease)
            {
                _calls.Add(new(pool, lease));
                if (_calls.Select(static call => call.Pool).Distinct().Count() > 1)
                {
                    Problems.Add("calls of two pools at one time");
                }

                Check();
            }
        }

        private Lease? Acquire(Member pool)
        {
            var prompt = _random.Next(1, 3000);
            var result = pool.Pool.Acquire(new($"r{_requests++}", "k", "m", null, [], prompt, 500, TimeSpan.FromSeconds(1), "silo"), _now);
            Write(pool);
            if (result is AcquireResult.Queued queued)
            {
                result = pool.Pool.Ask(queued.Ticket, _now) ?? result;
                if (result is AcquireResult.Queued)
                {
                    pool.Pool.Abandon(queued.Ticket, _now);
                }
            }

            return (result as AcquireResult.Granted)?.Lease;
        }

        private void End(Call call)
        {
            _calls.Remove(call);
            var tokens = _random.NextInt64(call.Lease.Tokens + 1);
            _used.Add((_now, tokens));
            call.Pool.Pool.Settle(new(call.Lease.Id, true, tokens, null, TimeSpan.Zero, "x"), _now);
            Write(call.Pool);
            Check();
        }

        private void Check()
        {
            var since = _now - TimeSpan.FromDays(1);
            var ended = _used.Where(one => one.At > since).ToArray();
            if (ended.Length + _calls.Count > Requests || ended.Sum(static one => one.Tokens) > Tokens)
            {
                Problems.Add($"{ended.Length} and {_calls.Count} requests, {ended.Sum(static one => one.Tokens)} tokens at {_now}");
            }
        }

        private void Write(Member pool)
        {
            while (pool.Pool.WriteWanted(_now))
            {
                pool.Stored = pool.Pool.BeginWrite(_now);
                pool.Pool.EndWrite(true, _now);
            }
        }

        private static Guid NewId(Random random)
        {
            var bytes = new byte[16];
            random.NextBytes(bytes);
            return new Guid(bytes);
        }
    }

    private sealed class Member
    {
        public TokenPool Pool { get; set; } = null!;

        public PoolRecord Stored { get; set; } = new();

        public int Sees { get; set; }

        public long Version { get; set; }
    }

    private sealed record Call(Member Pool, Lease Lease);
}
