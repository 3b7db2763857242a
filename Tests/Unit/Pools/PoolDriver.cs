using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Pools;
using FlowGpt.Tests.Unit.Pools.World;

namespace FlowGpt.Tests.Unit.Pools;

/// <summary>Drives one pool step by step, with storage that takes no time.</summary>
internal sealed class PoolDriver
{
    private readonly Random _random = new(1);
    private int _requests;

    public PoolDriver(PoolOptions? options, params AccountDefinition[] accounts)
        : this(new PoolRecord(), options, accounts) { }

    public PoolDriver(PoolRecord stored, PoolOptions? options, params AccountDefinition[] accounts)
        : this(stored, options, TimeSpan.Zero, 1, accounts) { }

    public PoolDriver(PoolRecord stored, PoolOptions? options, TimeSpan after, int seed, params AccountDefinition[] accounts)
    {
        _random = new(seed);
        Stored = stored;
        Now += after;
        Pool = new TokenPool("pool", options ?? new(), _ => NextId());
        Pool.Restore(stored, Now);
        Define(accounts);
        Pool.FinishRecovery(Now);
        Write();
    }

    public TokenPool Pool { get; }

    public DateTimeOffset Now { get; private set; } = PoolWorld.Start;

    public PoolRecord Stored { get; private set; } = new();

    public static UpstreamFailure RateLimited(double? retryAfter = null) =>
        new(FailureClass.Credential, FailureReason.RateLimited, 429, retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null, "");

    public static UpstreamFailure Unauthorized() => new(FailureClass.Credential, FailureReason.Unauthorized, 401, null, "");

    public static UpstreamFailure ServerError() => new(FailureClass.Upstream, FailureReason.ServerError, 503, null, "");

    public static UpstreamFailure BadRequest() => new(FailureClass.Caller, FailureReason.InvalidParameter, 400, null, "");

    public static UpstreamFailure Refused() => new(FailureClass.Caller, FailureReason.Refused, 403, null, "");

    public static AccountDefinition Account(string name, AccountLimits? limits = null, string? token = null) =>
        PoolWorld.Account(name, limits, token);

    public void Define(params AccountDefinition[] accounts) =>
        Pool.SetAccounts(new(1, [.. accounts]), (_, field) => $"generated-{field}-{_random.Next()}", Now);

    public AcquireResult Acquire(
        string key = "k",
        int tokens = 0,
        double wait = 0,
        string? affinity = null,
        string[]? excluded = null,
        string silo = "silo"
    )
    {
        return Acquire(
            new AcquireRequest($"r{_requests++}", key, "m", affinity, [.. excluded ?? []], tokens, 0, TimeSpan.FromSeconds(wait), silo)
        );
    }

    /// <summary>Asks for a reply of at most so many tokens.</summary>
    public AcquireResult AcquireReply(long prompt, long? most, double wait = 0) =>
        Acquire(new AcquireRequest($"r{_requests++}", "k", "m", null, [], prompt, most, TimeSpan.FromSeconds(wait), "silo"));

    public AcquireResult Acquire(AcquireRequest request)
    {
        var result = Pool.Acquire(request, Now);
        Write();
        return result is AcquireResult.Queued queued && Pool.Ask(queued.Ticket, Now) is { } outcome ? outcome : result;
    }

    public Lease Grant(string? affinity = null, int tokens = 0, string key = "k", string[]? excluded = null) =>
        Assert.IsType<AcquireResult.Granted>(Acquire(key, tokens, 0, affinity, excluded)).Lease;

    public AcquireResult.Rejected Reject(int tokens = 0, double wait = 0, string[]? excluded = null) =>
        Assert.IsType<AcquireResult.Rejected>(Acquire("k", tokens, wait, null, excluded));

    public Guid Queue(string key = "k", int tokens = 0, double wait = 60, string[]? excluded = null) =>
        Assert.IsType<AcquireResult.Queued>(Acquire(key, tokens, wait, null, excluded)).Ticket;

    public void Settle(Lease lease, UpstreamFailure? failure = null, bool sent = true, int? tokens = null, bool answered = true)
    {
        Pool.Settle(new(lease.Id, sent, tokens, failure, answered && failure is null && sent ? TimeSpan.Zero : null, lease.Account), Now);
        Write();
    }

    public void Pass(double seconds)
    {
        Now += TimeSpan.FromSeconds(seconds);
        Pool.Tick(Now);
        Write();
    }

    public AccountSnapshot Account(string name) => Pool.Snapshot(Now).Accounts.Single(account => account.Name == name);

    public void Write()
    {
        while (Pool.WriteWanted(Now))
        {
            Stored = Pool.BeginWrite(Now);
            Pool.EndWrite(true, Now);
        }
    }

    private Guid NextId()
    {
        var bytes = new byte[16];
        _random.NextBytes(bytes);
        return new Guid(bytes);
    }
}
