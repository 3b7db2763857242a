namespace FlowGpt.Benchmarks.Targets;

/// <summary>How the simulator answers.</summary>
/// <param name="Tokens">Fragments of text in a reply.</param>
/// <param name="FirstToken">Delay before the first.</param>
/// <param name="EachToken">Delay between them; without one the reply is sent in one write.</param>
/// <param name="FlushEach">Whether each is sent in a separate write even without a delay.</param>
internal sealed record ReplyPace(int Tokens, TimeSpan FirstToken, TimeSpan EachToken, bool FlushEach = false)
{
    /// <summary>64 tokens without delay, in one write: everything that is measured is the cost of the way.</summary>
    public static ReplyPace Instant { get; } = new(64, TimeSpan.Zero, TimeSpan.Zero);

    /// <summary>The same, each token in a separate write.</summary>
    public static ReplyPace Flushed { get; } = Instant with { FlushEach = true };

    /// <summary>50 tokens over one second, as a model sends them.</summary>
    public static ReplyPace Slow { get; } = new(50, TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(20));
}
