using System.Collections.Immutable;
using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Pools;

namespace FlowGpt.Tests.Unit.Pools.World;

/// <summary>
/// A pool with its surroundings: holders that renew and settle, storage that is slow and fails, processes that die, and an
/// upstream that counts by itself. Events happen in order of time; nothing here waits.
/// </summary>
internal sealed partial class PoolWorld
{
    public static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly PriorityQueue<Action, (DateTimeOffset At, long Order)> _events = new();
    private readonly Dictionary<Guid, Call> _calls = [];
    private readonly Dictionary<Guid, Step.Ask> _waiting = [];
    private long _order;

    private readonly int _largeFrom;

    public PoolWorld(PoolOptions? options = null, params AccountDefinition[] accounts)
        : this(TokenPool.LargeFrom, options, accounts) { }

    /// <param name="largeFrom">The number of accounts from which a pool is a large one.</param>
    /// <param name="options">The pool's settings.</param>
    /// <param name="accounts">The pool's accounts.</param>
    public PoolWorld(int largeFrom, PoolOptions? options, params AccountDefinition[] accounts)
    {
        _largeFrom = largeFrom;
        Options = options ?? new();
        Accounts = new(1, [.. accounts]);
        Truth = accounts.ToDictionary(account => account.Name, account => new UpstreamTruth(account.Limits));
        Boot();
        Every(TimeSpan.FromSeconds(1), TickAll);
        Every(Options.LeaseTtl / 3, RenewAll);
    }

    public PoolOptions Options { get; }

    public AccountSet Accounts { get; private set; }

    public Dictionary<string, UpstreamTruth> Truth { get; }

    public TokenPool Pool { get; private set; } = null!;

    public DateTimeOffset Now { get; private set; } = Start;

    public List<AcquireResult.Rejected> Rejections { get; } = [];

    public Dictionary<int, int> GrantsByKey { get; } = [];

    public IEnumerable<string> Violations => Truth.SelectMany(t => t.Value.Violations.Select(violation => $"{t.Key} {violation}"));

    /// <summary>Leases whose holders run and have not ended them.</summary>
    public int Held => _calls.Count;

    /// <summary>When a holder last died without settling.</summary>
    public DateTimeOffset LastDeath { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>Called when a call has ended and its lease was settled.</summary>
    public Action<int>? Ended { get; set; }

    public static AccountDefinition Account(string name, AccountLimits? limits = null, string? token = null) =>
        new()
        {
            Name = name,
            Fields = ImmutableDictionary<string, string>.Empty.Add("secret", token ?? "token-of-" + name).Add("device", "device-" + name),
            TokenHash = TokenHash.Of(token ?? "token-of-" + name),
            Limits = limits ?? AccountLimits.None,
        };

    public void Run(IEnumerable<Step> steps)
    {
        foreach (var step in steps)
        {
            switch (step)
            {
                case Step.Ask ask:
                    Ask(ask);
                    break;
                case Step.Pass pass:
                    Pass(TimeSpan.FromMilliseconds(pass.Time));
                    break;
                case Step.Crash crash:
                    Crash(TimeSpan.FromMilliseconds(crash.Down), crash.Twin);
                    break;
                case Step.Move move:
                    Move(TimeSpan.FromMilliseconds(move.Down));
                    break;
                case Step.Storage storage:
                    (_latency, _failures, _afterCommit) = (TimeSpan.FromMilliseconds(storage.Latency), storage.Fail, storage.AfterCommit);
                    break;
                default:
                    throw new InvalidOperationException();
            }
        }
    }

    /// <summary>Advances the time; everything that is due happens.</summary>
    public void Pass(TimeSpan time)
    {
        var end = Now + time;
        while (_events.TryPeek(out _, out var due) && due.At <= end)
        {
            Now = due.At > Now ? due.At : Now;
            _events.Dequeue()();
        }

        Now = end;
    }

    /// <summary>The operator changes the accounts.</summary>
    public void Define(params AccountDefinition[] accounts)
    {
        Accounts = new(Accounts.Version + 1, [.. accounts]);
        foreach (var account in accounts)
        {
            Truth.TryAdd(account.Name, new(account.Limits));
        }

        Pool.SetAccounts(Accounts, NewValue, Now);
        After(Pool);
    }

    public AcquireResult Ask(Step.Ask ask, string? affinity = null, params string[] excluded) => Ask(Pool, ask, affinity, excluded);

    public void At(TimeSpan delay, Action action) => _events.Enqueue(action, (Now + delay, _order++));

    private AcquireResult Ask(TokenPool pool, Step.Ask ask, string? affinity, string[] excluded)
    {
        var request = new AcquireRequest(
            $"request-{_order}",
            $"key-{ask.Key}",
            "model",
            affinity,
            [.. excluded],
            ask.Tokens,
            0,
            TimeSpan.FromMilliseconds(ask.MaxWait),
            "silo-1"
        );
        var result = _down ? new AcquireResult.Rejected(RejectReason.UnknownTicket, TimeSpan.Zero) : pool.Acquire(request, Now);
        if (result is AcquireResult.Queued queued)
        {
            _waiting[queued.Ticket] = ask;
        }
        else
        {
            Deliver(pool, ask, result);
        }

        After(pool);
        return result;
    }

    private void Deliver(TokenPool pool, Step.Ask ask, AcquireResult result)
    {
        if (result is AcquireResult.Granted granted)
        {
            GrantsByKey[ask.Key] = GrantsByKey.GetValueOrDefault(ask.Key) + 1;
            Begin(granted.Lease, ask, pool);
        }
        else
        {
            Rejections.Add((AcquireResult.Rejected)result);
        }
    }

    /// <summary>What the grain does after every change.</summary>
    private void After(TokenPool pool)
    {
        foreach (var ticket in pool.Completed.ToArray())
        {
            if (_waiting.Remove(ticket.Id, out var ask))
            {
                Deliver(pool, ask, pool.Ask(ticket.Id, Now)!);
            }
        }

        pool.Completed.Clear();
        pool.Events.Clear();
        Write(pool);
        if (pool.NextWake is { } wake && wake > Now)
        {
            At(wake - Now, () => Tick(pool));
        }
    }

    private void Tick(TokenPool pool)
    {
        if (pool == Pool ? !_down : pool == _twin)
        {
            foreach (var ticket in _waiting.Keys)
            {
                pool.Ask(ticket, Now);
            }

            pool.Tick(Now);
            After(pool);
        }
    }

    private void TickAll()
    {
        Tick(Pool);
        if (_twin is not null)
        {
            Tick(_twin);
        }
    }

    private void Every(TimeSpan period, Action action) =>
        At(
            period,
            () =>
            {
                action();
                Every(period, action);
            }
        );

    private static string NewValue(AccountDefinition account, string field) => $"generated-{field}-0";
}
