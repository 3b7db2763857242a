namespace FlowGpt.Simulator.Behaviour;

/// <summary>Behaviour with every choice made: what one reply is produced by.</summary>
internal sealed class ReplyBehaviour
{
    private static readonly OpenAiSettings NoOpenAi = new();

    public ReplyBehaviour(BehaviourSettings settings)
    {
        FirstTokenDelay = settings.FirstTokenDelay ?? TimeSpan.Zero;
        TokenDelay = settings.TokenDelay ?? TimeSpan.Zero;
        ReplyTokens = settings.ReplyTokens;
        FragmentCharacters = settings.FragmentCharacters ?? 0;
        Prefix = PrefixVariants.TryResolve(settings.Prefix ?? "none", out var prefix) ? prefix : "";
        Style = new FrameStyle(settings.CarriageReturns ?? false, settings.EscapeNonAscii ?? false);
        BlankLines = settings.BlankLines ?? false;
        LineSeparators = settings.LineSeparators ?? false;
        OmitLastLineEnd = settings.OmitLastLineEnd ?? false;
        SplitCharacters = settings.SplitCharacters ?? false;
        NonTextEvents = settings.NonTextEvents ?? false;
        GarbageLines = settings.GarbageLines ?? false;
        ErrorShape = settings.ErrorShape;
        OpenAi = settings.OpenAi ?? NoOpenAi;
        FlushEachToken = (settings.FlushEachToken ?? false) || TokenDelay > TimeSpan.Zero;
        IsPlain =
            !FlushEachToken && Style == default && !(BlankLines || OmitLastLineEnd || SplitCharacters || NonTextEvents || GarbageLines);
    }

    public TimeSpan FirstTokenDelay { get; }

    public TimeSpan TokenDelay { get; }

    public int? ReplyTokens { get; }

    public int FragmentCharacters { get; }

    public string Prefix { get; }

    public FrameStyle Style { get; }

    public bool BlankLines { get; }

    public bool LineSeparators { get; }

    public bool OmitLastLineEnd { get; }

    public bool SplitCharacters { get; }

    public bool NonTextEvents { get; }

    public bool GarbageLines { get; }

    /// <summary>Null for the face's own.</summary>
    public ErrorShape? ErrorShape { get; }

    public OpenAiSettings OpenAi { get; }

    public bool FlushEachToken { get; }

    /// <summary>Whether the reply can be written as one block of ready-made lines.</summary>
    public bool IsPlain { get; }
}
