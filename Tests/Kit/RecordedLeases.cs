using System.Collections.Concurrent;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Pools.Leasing;

namespace FlowGpt.Tests.Kit;

/// <summary>Keeps every lease that was granted, so that a test can check how each lease ended and that all were settled.</summary>
internal sealed class RecordedLeases : ISiloLeases
{
    public ConcurrentQueue<Recorded> All { get; } = new();

    public string HolderSilo => "S127.0.0.1:11111:1";

    /// <summary>Leases that are not settled.</summary>
    public int Open => All.Count(lease => !lease.Settled.IsCompleted);

    public Recorded Last => All.Last();

    public IHeldLease Hold(string pool, Lease lease, LeasedTurn turn)
    {
        var held = new Recorded(lease, turn) { TopUps = TopUps };
        All.Enqueue(held);
        return held;
    }

    /// <summary>Whether replies get more tokens than are reserved at first.</summary>
    public bool TopUps { get; set; } = true;

    /// <summary>The leases that the silo holds of each pool, as a test sets them.</summary>
    public Func<string, int> Held { get; set; } = static _ => 0;

    public UpstreamCredential CredentialOf(Lease lease) => lease.Credential;

    public int CountOf(string pool) => Held(pool);

    public void Reset() => All.Clear();

    internal sealed class Recorded(Lease lease, LeasedTurn turn) : IHeldLease
    {
        private readonly CancellationTokenSource _lost = new();
        private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _settlements;

        public Lease Lease => lease;

        public LeasedTurn Turn => turn;

        public bool LimitsTokens => lease.LimitsTokens;

        public long Tokens { get; private set; } = lease.Tokens;

        public bool TopUps { get; init; }

        public ValueTask<long> TryTopUpAsync(long used, long upTo) => new(Tokens = TopUps ? Math.Max(Tokens, upTo) : Tokens);

        public CancellationToken Lost => _lost.Token;

        public Task Settled => _settled.Task;

        public bool Answered { get; private set; }

        public bool Sent { get; private set; }

        public long? ActualTokens { get; private set; }

        public UpstreamFailure? Failure { get; private set; }

        public RateLimitReport? Told { get; private set; }

        public void MarkAnswered(RateLimitReport? told = null) => (Answered, Told) = (true, told);

        public void Lose() => _lost.Cancel();

        public void Settle(bool sent, long? actualTokens, UpstreamFailure? failure, RateLimitReport? told = null)
        {
            if (Interlocked.Increment(ref _settlements) == 1)
            {
                (Sent, ActualTokens, Failure, Told) = (sent, actualTokens, failure, told ?? Told);
                _settled.SetResult();
            }
        }
    }
}
