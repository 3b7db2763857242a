using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Pools;

namespace FlowGpt.Grains.Pools.Decisions;

/// <summary>The last 200 decisions. Writing one allocates nothing once the log is full; they become text only when read.</summary>
internal sealed class DecisionLog
{
    public const int Capacity = 200;

    /// <summary>So many accounts of a decision that could not serve are named; of others only the number is kept.</summary>
    public const int MostSkipped = 50;

    private readonly Entry[] _entries = new Entry[Capacity];
    private long _next;

    /// <param name="at">When.</param>
    /// <param name="request">For what.</param>
    /// <param name="chosen">The account, or null.</param>
    /// <param name="why">A short constant phrase.</param>
    /// <param name="accounts">All accounts at that time; the array must not change afterwards.</param>
    /// <param name="skips">Why each of them could not serve, in the same order. Copied.</param>
    public void Add(
        DateTimeOffset at,
        AcquireRequest request,
        string? chosen,
        string why,
        PoolAccount[] accounts,
        ReadOnlySpan<SkipReason> skips
    )
    {
        ref var entry = ref _entries[_next++ % Capacity];
        entry.At = at;
        entry.RequestId = request.RequestId;
        entry.Model = request.Model;
        entry.Chosen = chosen;
        entry.Why = why;
        entry.Accounts = accounts;
        if (entry.Skips is null || entry.Skips.Length != skips.Length)
        {
            entry.Skips = new SkipReason[skips.Length];
        }

        skips.CopyTo(entry.Skips);
    }

    /// <summary>Adds why blame was moved, by a request's call.</summary>
    public void Add(DateTimeOffset at, AcquireRequest request, string account, string why) => Add(at, request, account, why, [], []);

    /// <summary>Newest first.</summary>
    public ImmutableArray<PoolDecision> Read()
    {
        var count = (int)Math.Min(_next, Capacity);
        var decisions = ImmutableArray.CreateBuilder<PoolDecision>(count);
        for (var i = 1; i <= count; i++)
        {
            decisions.Add(_entries[(_next - i) % Capacity].Read());
        }

        return decisions.MoveToImmutable();
    }

    private struct Entry
    {
        public DateTimeOffset At;
        public string RequestId;
        public string Model;
        public string? Chosen;
        public string Why;
        public PoolAccount[] Accounts;
        public SkipReason[] Skips;

        public readonly PoolDecision Read()
        {
            var skipped = ImmutableArray.CreateBuilder<string>();
            var more = 0;
            for (var i = 0; i < Skips.Length; i++)
            {
                if (Skips[i] != SkipReason.None && skipped.Count < MostSkipped)
                {
                    skipped.Add($"{Accounts[i].Name}: {Skips[i].Text()}");
                }
                else
                {
                    more += Skips[i] != SkipReason.None ? 1 : 0;
                }
            }

            if (more > 0)
            {
                skipped.Add($"and {more} more");
            }

            return new PoolDecision(At, RequestId, Model, Chosen, Why, skipped.ToImmutable());
        }
    }
}
