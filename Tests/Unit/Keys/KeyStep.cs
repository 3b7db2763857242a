namespace FlowGpt.Tests.Unit.Keys;

/// <summary>One thing that happens to a key.</summary>
public abstract record KeyStep
{
    /// <summary>Several requests come at one time.</summary>
    public sealed record Ask(int Count, int Prompt, int Reply) : KeyStep;

    /// <summary>One of the running requests ends and has used a share of its granted tokens; null: it never ran.</summary>
    public sealed record End(int Which, int? Percent) : KeyStep;

    /// <summary>A settlement is reported a second time.</summary>
    public sealed record Repeat(int Which) : KeyStep;

    /// <summary>Time passes.</summary>
    public sealed record Pass(int Milliseconds) : KeyStep;

    /// <summary>The running write ends.</summary>
    public sealed record EndWrite(bool Committed, bool Answered) : KeyStep;

    /// <summary>The meter's process dies, with its running write committed or not, and another process takes over.</summary>
    public sealed record Crash(bool Committed, int DownMilliseconds) : KeyStep;

    /// <summary>The meter is deactivated in an orderly way and activated again.</summary>
    public sealed record Move(int DownMilliseconds) : KeyStep;

    /// <summary>The silo that runs the requests dies.</summary>
    public sealed record HolderDies : KeyStep;
}
