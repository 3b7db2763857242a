namespace FlowGpt.Tests.Unit.Pools.World;

/// <summary>One step of a history.</summary>
public abstract record Step
{
    private Step() { }

    /// <summary>A client key asks for an account.</summary>
    public sealed record Ask(int Key, int Tokens, int MaxWait, Fate Fate) : Step;

    /// <summary>Time passes, in milliseconds.</summary>
    public sealed record Pass(int Time) : Step;

    /// <summary>The pool's process dies, and the pool is activated elsewhere after some milliseconds.</summary>
    /// <param name="Down">How long the pool has no activation.</param>
    /// <param name="Twin">Whether the old activation continues and does not know that it has been replaced.</param>
    public sealed record Crash(int Down, bool Twin) : Step;

    /// <summary>The pool is deactivated in an orderly way and activated elsewhere.</summary>
    public sealed record Move(int Down) : Step;

    /// <summary>How storage behaves from now on.</summary>
    /// <param name="Latency">Milliseconds a write takes.</param>
    /// <param name="Fail">How many of the next writes fail …</param>
    /// <param name="AfterCommit">… after they took effect.</param>
    public sealed record Storage(int Latency, int Fail, bool AfterCommit) : Step;
}
