using System.Collections.Immutable;
using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Blame;
using FlowGpt.Grains.Interfaces.Digests;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Pools;
using FlowGpt.Grains.Pools.Health;
using FlowGpt.Grains.Turns;

namespace FlowGpt.Tests.Unit.Blame;

/// <summary>
/// A pool, and turns that try its accounts as the product does, against an upstream whose faults are known. Events happen in order of time; nothing waits.
/// </summary>
internal sealed class BlameWorld
{
    public const string AbusersKey = "abuser";

    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(150);

    private readonly PriorityQueue<Action, (DateTimeOffset At, long Order)> _events = new();
    private readonly Dictionary<Guid, (TestTurn Turn, bool HasWaited)> _waiting = [];
    private readonly BlameTruth _truth;
    private readonly Random _random;
    private DateTimeOffset _breakerOpenAt;
    private long _order;

    public BlameWorld(BlameTruth truth)
    {
        _truth = truth;
        _random = new Random(truth.Seed);
        Pool = new TokenPool("pool", new PoolOptions(), _ => NewId());
        Pool.SetAccounts(new(1, [.. truth.Accounts.Select((_, i) => Define(Name(i)))]), static (_, _) => "generated", Now);
        Pool.FinishRecovery(Now);
        Calls = new int[truth.Accounts.Length];
        LateCalls = new int[truth.Accounts.Length];
        LongestOut = new TimeSpan[truth.Accounts.Length];
    }

    public TokenPool Pool { get; }

    public DateTimeOffset Now { get; private set; } = Start;

    public TimeSpan Elapsed => Now - Start;

    public List<TestTurn> Turns { get; } = [];

    /// <summary>Calls by account.</summary>
    public int[] Calls { get; }

    /// <summary>Calls by account in the second half.</summary>
    public int[] LateCalls { get; }

    /// <summary>The longest time that each account was out beyond its probe's due time while the breaker was closed.</summary>
    public TimeSpan[] LongestOut { get; }

    public int Account(string name) => int.Parse(name[1..], System.Globalization.CultureInfo.InvariantCulture);

    public static string Name(int account) => $"a{account}";

    /// <summary>Runs the world to its end.</summary>
    public BlameWorld Run()
    {
        for (var at = TimeSpan.Zero; at < Length; at += TimeSpan.FromMilliseconds(_random.Next(50, 400)))
        {
            At(at, () => Begin(NewRequest()));
        }

        foreach (var at in (TimeSpan[])[TimeSpan.FromSeconds(5), Length / 2])
        {
            for (var i = 0; i < _truth.Burst; i++)
            {
                At(at, () => Begin(NewRequest()));
            }
        }

        for (var i = 0; i < _truth.Abusers; i++)
        {
            At(TimeSpan.FromSeconds(5), () => Abuse(null));
        }

        for (var at = TimeSpan.Zero; at < Length + TimeSpan.FromSeconds(60); at += TimeSpan.FromMilliseconds(200))
        {
            At(at, Tick);
        }

        while (_events.TryDequeue(out var action, out var due))
        {
            Now = due.At > Now ? due.At : Now;
            action();
        }

        return this;
    }

    private static AccountDefinition Define(string name) =>
        new()
        {
            Name = name,
            TokenHash = "token-of-" + name,
            Fields = ImmutableDictionary<string, string>.Empty,
        };

    private TestRequest NewRequest()
    {
        var number = Turns.Count;
        var (poisoned, deadly) = (_random.Next(100) < _truth.Poisoned, _random.Next(100) < _truth.Deadly);
        var model = _random.Next(4) == 0 ? BlameTruth.MissingModel : "common";
        // Some bad requests are repeated; harmless requests are all different.
        var fingerprint = (ulong)(poisoned || deadly ? 1_000_000 + _random.Next(12) : number + 1);
        return new(
            number,
            $"key-{_random.Next(4)}",
            model,
            new Digest(0, fingerprint + (poisoned ? 100u : 0)),
            poisoned,
            deadly && !poisoned
        );
    }

    private TestTurn Begin(TestRequest request)
    {
        var turn = new TestTurn(request, Elapsed);
        Turns.Add(turn);
        Acquire(turn, hasWaited: false);
        return turn;
    }

    /// <summary>Sends the next refused request once the last one has ended.</summary>
    private void Abuse(TestTurn? last)
    {
        if (Elapsed < Length)
        {
            var turn = last is { EndedAt.Ticks: 0 }
                ? last
                : Begin(new(Turns.Count, AbusersKey, "common", new Digest(0, (ulong)Turns.Count + 1), true, false));
            At(TimeSpan.FromMilliseconds(10), () => Abuse(turn));
        }
    }

    private void Acquire(TestTurn turn, bool hasWaited)
    {
        var request = new AcquireRequest(
            $"r{turn.Request.Number}",
            turn.Request.Key,
            "route",
            null,
            turn.Tried.Accounts,
            0,
            0,
            TimeSpan.FromSeconds(30),
            "silo"
        )
        {
            UpstreamModel = turn.Request.Model,
            Fingerprint = turn.Request.Fingerprint,
            Refusals = turn.Tried.Refusals,
            HasFailed = turn.Tried.ServiceFailures > 0,
            HasFailedOnAccount = turn.Tried.AccountFailures > 0,
            HasWaitedForOpinion = hasWaited,
        };
        Deliver(turn, hasWaited, Pool.Acquire(request, Now));
        After();
    }

    private void Deliver(TestTurn turn, bool hasWaited, AcquireResult result)
    {
        switch (result)
        {
            case AcquireResult.Queued queued:
                _waiting[queued.Ticket] = (turn, hasWaited);
                break;
            case AcquireResult.Rejected { Reason: RejectReason.OpinionGiven }:
                At(TimeSpan.FromMilliseconds(1), () => Acquire(turn, hasWaited: true));
                break;
            case AcquireResult.Rejected rejected:
                (turn.Rejected, turn.EndedAt) = (rejected, Elapsed);
                break;
            case AcquireResult.Granted granted:
                Call(turn, granted.Lease);
                break;
        }
    }

    private void Call(TestTurn turn, Lease lease)
    {
        var account = Account(lease.Account);
        Calls[account]++;
        LateCalls[account] += Elapsed > Length / 2 ? 1 : 0;
        turn.Met.Add(account);
        turn.CalledAt ??= Elapsed;
        At(TimeSpan.FromMilliseconds(_random.Next(1, 5)), () => Answer(turn, lease, account));
    }

    private void Answer(TestTurn turn, Lease lease, int account)
    {
        var failure = _truth.Answer(account, turn.Request, Elapsed, _random);
        var isOutage = _truth.Outage != Outage.None && Elapsed >= BlameTruth.OutageFrom && Elapsed < BlameTruth.OutageTo;
        if (failure is null)
        {
            At(TimeSpan.FromMilliseconds(_random.Next(20, 900)), () => End(turn, lease, null));
            return;
        }

        turn.MetOutage |= isOutage;
        At(TimeSpan.FromMilliseconds(_random.Next(1, 30)), () => End(turn, lease, failure));
    }

    private void End(TestTurn turn, Lease lease, UpstreamFailure? failure)
    {
        void Settle()
        {
            Pool.Settle(new(lease.Id, true, 0, failure, failure is null ? TimeSpan.Zero : null, lease.Account), Now);
            After();
        }

        // The pool gets the settlement in the background, before or after the turn asks for the next account.
        if (_random.Next(2) == 0)
        {
            Settle();
        }
        else
        {
            At(TimeSpan.FromMilliseconds(_random.Next(1, 20)), Settle);
        }

        if (failure is null)
        {
            (turn.IsServed, turn.EndedAt) = (true, Elapsed);
            return;
        }

        turn.Tried = turn.Tried.Add(lease, failure);
        if (Faults.Of(failure.Reason) != Fault.Request && RetryRules.MayRetry(turn.Tried, 3))
        {
            Acquire(turn, hasWaited: false);
        }
        else
        {
            turn.EndedAt = Elapsed;
        }
    }

    private void Tick()
    {
        Pool.Tick(Now);
        foreach (var (id, (turn, hasWaited)) in _waiting.ToArray())
        {
            if (Pool.Ask(id, Now) is { } outcome && _waiting.Remove(id))
            {
                Deliver(turn, hasWaited, outcome);
            }
        }

        After();
        _breakerOpenAt = Pool.Breaker == BreakerState.Closed ? _breakerOpenAt : Now;
        for (var i = 0; i < LongestOut.Length; i++)
        {
            if (Elapsed < Length && Pool.Accounts[i].Health.Marks.Read().FirstOrDefault(static mark => mark.IsOut) is { } mark)
            {
                var dueAt = mark.ProbeAt > _breakerOpenAt ? mark.ProbeAt : _breakerOpenAt;
                LongestOut[i] = Now - dueAt > LongestOut[i] ? Now - dueAt : LongestOut[i];
            }
        }
    }

    private void After()
    {
        Pool.Events.Clear();
        foreach (var ticket in Pool.Completed.ToArray())
        {
            if (_waiting.Remove(ticket.Id, out var waiting) && Pool.Ask(ticket.Id, Now) is { } outcome)
            {
                At(TimeSpan.Zero, () => Deliver(waiting.Turn, waiting.HasWaited, outcome));
            }
        }

        Pool.Completed.Clear();
    }

    private void At(TimeSpan delay, Action action) => _events.Enqueue(action, (Now + delay, _order++));

    private Guid NewId()
    {
        var bytes = new byte[16];
        _random.NextBytes(bytes);
        return new Guid(bytes);
    }
}

/// <summary>A turn of a world.</summary>
internal sealed class TestTurn(TestRequest request, TimeSpan begun)
{
    public TestRequest Request => request;

    public TimeSpan BegunAt => begun;

    public TimeSpan EndedAt { get; set; }

    public TriedAccounts Tried { get; set; } = TriedAccounts.None;

    /// <summary>The accounts that were called, in order.</summary>
    public List<int> Met { get; } = [];

    /// <summary>When the turn was first sent to an account; null when it never was.</summary>
    public TimeSpan? CalledAt { get; set; }

    /// <summary>Whether the turn was sent while the upstream was broken.</summary>
    public bool MetOutage { get; set; }

    public bool IsServed { get; set; }

    /// <summary>Why the pool gave no further account; null when the turn asked for none.</summary>
    public AcquireResult.Rejected? Rejected { get; set; }

    public override string ToString() =>
        $"{request} begun {begun.TotalSeconds:0.00} ended {EndedAt.TotalSeconds:0.00} met [{string.Join(",", Met)}] "
        + (IsServed ? "served" : $"failed {Rejected?.Reason}");
}
