namespace FlowGpt.Grains.Interfaces.Pools;

/// <summary>The pool's answer: exactly one of the nested kinds.</summary>
[GenerateSerializer, Immutable, Alias("flowgpt.AcquireResult")]
public abstract record AcquireResult
{
    private AcquireResult() { }

    /// <summary>An account is yours until you settle the lease or stop renewing it.</summary>
    [GenerateSerializer, Immutable, Alias("flowgpt.AcquireResult.Granted")]
    public sealed record Granted([property: Id(0)] Lease Lease) : AcquireResult;

    /// <summary>Wait with <see cref="ITokenPoolGrain.Await"/>.</summary>
    /// <param name="Ticket">Names the place in the queue.</param>
    /// <param name="Position">1 = next in line of this client's own requests.</param>
    [GenerateSerializer, Immutable, Alias("flowgpt.AcquireResult.Queued")]
    public sealed record Queued([property: Id(0)] Guid Ticket, [property: Id(1)] int Position) : AcquireResult;

    /// <summary>No account, and waiting will not help within the request's time.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="RetryAfter">The exact time until an account is expected to be free; null when nothing but an operator can help.</param>
    [GenerateSerializer, Immutable, Alias("flowgpt.AcquireResult.Rejected")]
    public sealed record Rejected([property: Id(0)] RejectReason Reason, [property: Id(1)] TimeSpan? RetryAfter) : AcquireResult
    {
        /// <summary>The upstream's status when the request itself was refused; null otherwise.</summary>
        [Id(2)]
        public int? StatusCode { get; init; }
    }
}
