using System.Text.Json.Serialization;
using FlowGpt.Simulator.Json;

namespace FlowGpt.Simulator.Behaviour;

/// <summary>
/// How chat replies are made and sent. Every setting is optional: what a request leaves open its account decides, what the account
/// leaves open the global settings decide, and what those leave open has the default named here.
/// </summary>
public sealed record BehaviourSettings
{
    /// <summary>Time from the request to the response's headers and first fragment. Default none.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan? FirstTokenDelay { get; init; }

    /// <summary>Time between fragments; each is then flushed by itself. Default none.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan? TokenDelay { get; init; }

    /// <summary>
    /// The exact number of text fragments of an echo reply: it is cut, or padded with fixed words. Default: as long as the echo.
    /// Replies that a question dictates ("say exactly", the code word) keep their own length.
    /// </summary>
    public int? ReplyTokens { get; init; }

    /// <summary>UTF-16 code units in a fragment; 0 (the default) for one fragment per word.</summary>
    public int? FragmentCharacters { get; init; }

    /// <summary>
    /// The bold label that some personas start with: a name from <see cref="PrefixVariants"/>, or <c>text:</c> and the prefix itself.
    /// Default <c>none</c>.
    /// </summary>
    public string? Prefix { get; init; }

    /// <summary>Flush after each fragment even without a delay. Default false: a reply without delays is one write.</summary>
    public bool? FlushEachToken { get; init; }

    /// <summary>End lines with <c>\r\n</c>. Default false.</summary>
    public bool? CarriageReturns { get; init; }

    /// <summary>Blank lines before the first and between all lines. Default false.</summary>
    public bool? BlankLines { get; init; }

    /// <summary>Put raw U+2028, U+2029 and U+0085 into the reply's text. Default false.</summary>
    public bool? LineSeparators { get; init; }

    /// <summary>Write every character beyond ASCII as <c>\uXXXX</c>. Default false.</summary>
    public bool? EscapeNonAscii { get; init; }

    /// <summary>Leave out the line end after the last line. Default false.</summary>
    public bool? OmitLastLineEnd { get; init; }

    /// <summary>Send the bytes of one multi-byte character in different writes. Default false.</summary>
    public bool? SplitCharacters { get; init; }

    /// <summary>Mix in well-formed lines that are not text: other events, and text events whose data is not a string. Default false.</summary>
    public bool? NonTextEvents { get; init; }

    /// <summary>Mix in lines that are not JSON. Default false.</summary>
    public bool? GarbageLines { get; init; }

    /// <summary>The form of error bodies. Default <see cref="ErrorShape.Message"/> (assumed).</summary>
    public ErrorShape? ErrorShape { get; init; }

    /// <summary>A fault to inject. Default none.</summary>
    public FaultSettings? Fault { get; init; }

    /// <summary>Further faults, looked at in this order after <see cref="Fault"/>: the first that concerns a request is met. Default none.</summary>
    public IReadOnlyList<FaultSettings>? Faults { get; init; }

    /// <summary>What only the OpenAI-compatible face does. Default: every default of it.</summary>
    public OpenAiSettings? OpenAi { get; init; }

    /// <summary>
    /// These settings where they are given, and <paramref name="wider"/> where they are not; without the faults, which each scope spends by
    /// itself.
    /// </summary>
    internal BehaviourSettings Over(BehaviourSettings wider) =>
        new()
        {
            FirstTokenDelay = FirstTokenDelay ?? wider.FirstTokenDelay,
            TokenDelay = TokenDelay ?? wider.TokenDelay,
            ReplyTokens = ReplyTokens ?? wider.ReplyTokens,
            FragmentCharacters = FragmentCharacters ?? wider.FragmentCharacters,
            Prefix = Prefix ?? wider.Prefix,
            FlushEachToken = FlushEachToken ?? wider.FlushEachToken,
            CarriageReturns = CarriageReturns ?? wider.CarriageReturns,
            BlankLines = BlankLines ?? wider.BlankLines,
            LineSeparators = LineSeparators ?? wider.LineSeparators,
            EscapeNonAscii = EscapeNonAscii ?? wider.EscapeNonAscii,
            OmitLastLineEnd = OmitLastLineEnd ?? wider.OmitLastLineEnd,
            SplitCharacters = SplitCharacters ?? wider.SplitCharacters,
            NonTextEvents = NonTextEvents ?? wider.NonTextEvents,
            GarbageLines = GarbageLines ?? wider.GarbageLines,
            ErrorShape = ErrorShape ?? wider.ErrorShape,
            OpenAi = OpenAi?.Over(wider.OpenAi) ?? wider.OpenAi,
        };
}
