namespace FlowGpt.Tests.Unit.Pools.World;

/// <summary>One step of a history.</summary>
public abstract record Step
{
    private Step() { }

    /// <summary>A client key asks for an account.</summary>
    public sealed record Ask(int Key, int Tokens, int MaxWait, Fate Fate) : Step;

    /// <summary>Time passes, in milliseconds.</summary>
    public sealed record Pass(int Time) : Step;

    /// <summary>The pool's process dies and the pool comes up elsewhere after some milliseconds.</summary>
    /// <param name="Down">How long it is gone.</param>
    /// <param name="Twin">Whether the old activation lives on and does not know that it has been replaced.</param>
    public sealed record Crash(int Down, bool Twin) : Step;

    /// <summary>The pool stops in order and comes up elsewhere.</summary>
    public sealed record Move(int Down) : Step;

    /// <summary>How storage behaves from now on.</summary>
    /// <param name="Latency">Milliseconds a write takes.</param>
    /// <param name="Fail">The next so many writes fail …</param>
    /// <param name="AfterCommit">… having taken effect.</param>
    public sealed record Storage(int Latency, int Fail, bool AfterCommit) : Step;
}
