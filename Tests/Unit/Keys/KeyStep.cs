namespace FlowGpt.Tests.Unit.Keys;

/// <summary>One thing that happens to a key.</summary>
public abstract record KeyStep
{
    /// <summary>Requests come, together.</summary>
    public sealed record Ask(int Count, int Prompt, int Reply) : KeyStep;

    /// <summary>One of the running requests ends, having used a share of what it was granted; null never ran.</summary>
    public sealed record End(int Which, int? Percent) : KeyStep;

    /// <summary>A settlement that was already told is told again.</summary>
    public sealed record Repeat(int Which) : KeyStep;

    /// <summary>Time passes.</summary>
    public sealed record Pass(int Milliseconds) : KeyStep;

    /// <summary>The write under way ends.</summary>
    public sealed record EndWrite(bool Committed, bool Answered) : KeyStep;

    /// <summary>The process of the meter dies, with the write under way committed or not, and another takes over.</summary>
    public sealed record Crash(bool Committed, int DownMilliseconds) : KeyStep;

    /// <summary>It is put away in order and comes back.</summary>
    public sealed record Move(int DownMilliseconds) : KeyStep;

    /// <summary>The silo that runs the requests dies.</summary>
    public sealed record HolderDies : KeyStep;
}
