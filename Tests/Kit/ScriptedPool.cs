using System.Collections.Concurrent;
using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Tests.Kit;

/// <summary>A pool that grants its accounts in order, leaving out those that are excluded, unless a test gives another answer.</summary>
/// <param name="pool">The pool's name.</param>
internal sealed class ScriptedPool(string pool = "flowgpt") : ITokenPoolGrain
{
    public static readonly Guid Ticket = new("00000000-0000-0000-0000-0000000071c7");

    private readonly ConcurrentQueue<Func<AcquireRequest, AcquireResult>> _acquires = new();
    private readonly ConcurrentQueue<Func<CancellationToken, Task<AcquireResult>>> _awaits = new();
    private Func<AcquireRequest, AcquireResult>? _otherwise;

    public ImmutableArray<string> Accounts { get; set; } = ["a1", "a2", "a3", "a4"];

    public ConcurrentQueue<AcquireRequest> Requests { get; } = new();

    public ConcurrentQueue<Guid> Abandoned { get; } = new();

    /// <summary>Thrown by <see cref="Abandon"/>.</summary>
    public Exception? OnAbandon { get; set; }

    /// <summary>What <see cref="Acquire"/> answers when no further answer was given.</summary>
    public Func<AcquireRequest, AcquireResult> Otherwise
    {
        get => _otherwise ?? Grant;
        set => _otherwise = value;
    }

    /// <summary>Sets the next answer of <see cref="Acquire"/>; it may throw.</summary>
    public ScriptedPool Acquires(Func<AcquireRequest, AcquireResult> answer)
    {
        _acquires.Enqueue(answer);
        return this;
    }

    /// <summary>Sets the next answer of <see cref="Await"/>; it may wait until it is cancelled.</summary>
    public ScriptedPool Awaits(Func<CancellationToken, Task<AcquireResult>> answer)
    {
        _awaits.Enqueue(answer);
        return this;
    }

    /// <summary>The next request waits in the queue, and waits until it is cancelled. The task completes when the request waits.</summary>
    public Task Queues()
    {
        var waits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Acquires(_ => new AcquireResult.Queued(Ticket, 1));
        Awaits(async cancellationToken =>
        {
            waits.TrySetResult();
            var forever = new TaskCompletionSource<AcquireResult>(TaskCreationOptions.RunContinuationsAsynchronously);
            return await forever.Task.WaitAsync(cancellationToken);
        });
        return waits.Task;
    }

    /// <summary>Grants the account with affinity, or else the first account; excluded accounts are left out.</summary>
    public AcquireResult Grant(AcquireRequest request)
    {
        var free = Accounts.RemoveRange(request.ExcludedAccounts);
        var account = request.AffinityAccount is { } wanted && free.Contains(wanted) ? wanted : free.FirstOrDefault();
        return account is null ? new AcquireResult.Rejected(RejectReason.NoUsableAccount, null) : Granted(account, pool);
    }

    public static AcquireResult Granted(string account, string pool = "flowgpt") =>
        new AcquireResult.Granted(
            new Lease(
                Guid.CreateVersion7(),
                account,
                new UpstreamCredential(
                    pool,
                    ImmutableDictionary<string, string>.Empty.Add("apiKey", "token-of-" + account),
                    ImmutableDictionary<string, string>.Empty
                ),
                TimeSpan.FromSeconds(30),
                Headroom: null
            )
        );

    public ValueTask<AcquireResult> Acquire(AcquireRequest request)
    {
        Requests.Enqueue(request);
        return ValueTask.FromResult(_acquires.TryDequeue(out var answer) ? answer(request) : Otherwise(request));
    }

    public async ValueTask<AcquireResult> Await(Guid ticket, TimeSpan maxWait, CancellationToken cancellationToken) =>
        _awaits.TryDequeue(out var answer)
            ? await answer(cancellationToken)
            : throw new InvalidOperationException("The test told no further answer for the queue.");

    public ValueTask Abandon(Guid ticket)
    {
        Abandoned.Enqueue(ticket);
        return OnAbandon is null ? ValueTask.CompletedTask : ValueTask.FromException(OnAbandon);
    }

    public ValueTask<long?> TopUp(HeldLease lease, long upTo) => throw new NotSupportedException();

    /// <summary>Settlements that a silo has reported.</summary>
    public ConcurrentQueue<Settlement> Settlements { get; } = new();

    /// <summary>Leases that a silo has renewed.</summary>
    public ConcurrentQueue<HeldLease> Renewed { get; } = new();

    public ValueTask Settle(Settlement settlement)
    {
        Settlements.Enqueue(settlement);
        return default;
    }

    public ValueTask<ImmutableArray<Guid>> Renew(ImmutableArray<HeldLease> leases)
    {
        foreach (var lease in leases)
        {
            Renewed.Enqueue(lease);
        }

        return new([]);
    }

    public ValueTask<PoolSnapshot> GetSnapshot() => throw new NotSupportedException();

    public ValueTask<PoolOverview> GetOverview() => throw new NotSupportedException();

    public ValueTask<AccountPage> ListAccounts(AccountQuery query) => throw new NotSupportedException();

    public ValueTask<ImmutableArray<PoolDecision>> GetDecisions() => throw new NotSupportedException();

    public ValueTask<bool> ResetAccount(string account) => throw new NotSupportedException();

    public void Reset()
    {
        _acquires.Clear();
        _awaits.Clear();
        Requests.Clear();
        Abandoned.Clear();
        Accounts = ["a1", "a2", "a3", "a4"];
        OnAbandon = null;
        _otherwise = null;
    }
}
