using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.OpenAi.Tools;
using FlowGpt.Simulator.Replies;

namespace FlowGpt.Simulator.OpenAi.Chat;

/// <summary>What a piece of a reply belongs to.</summary>
internal enum PieceKind
{
    Reasoning,
    Text,
    Refusal,
    CallStart,
    Arguments,
}

/// <summary>One piece of a reply. Each is a token, except the start of a call.</summary>
/// <param name="Kind">What it belongs to.</param>
/// <param name="Call">For calls: which.</param>
/// <param name="Text">Its text.</param>
internal readonly record struct ReplyPiece(PieceKind Kind, int Call, ReadOnlyMemory<char> Text);

/// <summary>A whole chat completion before it is sent.</summary>
internal sealed class CompletionPlan
{
    /// <summary>Characters of JSON in one piece: JSON has hardly any white space to divide it at.</summary>
    public const int ArgumentCharacters = 8;

    public string Reasoning { get; init; } = "";

    public int HiddenReasoning { get; init; }

    public string Refusal { get; init; } = "";

    public Reply Text { get; init; } = Reply.Nothing;

    public IReadOnlyList<PlannedCall> Calls { get; init; } = [];

    /// <summary>The most tokens that the reply may have, hidden reasoning included.</summary>
    public int? Budget { get; init; }

    /// <summary>The stop string that ends the text; null when none does.</summary>
    public string? StoppedBy { get; init; }

    public string? ForcedFinish { get; init; }

    public ReasoningField ReasoningField { get; init; }

    public int ReasoningTokens => HiddenReasoning + FragmentCursor.Count(Reasoning, 0);

    /// <summary>Hidden reasoning that is really thought: a budget may end it.</summary>
    public int SpentHidden => Math.Min(HiddenReasoning, Budget ?? int.MaxValue);

    public string FinishReason =>
        ForcedFinish
        ?? (
            Tokens > Budget ? "length"
            : Calls.Count > 0 ? "tool_calls"
            : "stop"
        );

    private int Tokens =>
        ReasoningTokens
        + Text.Fragments
        + FragmentCursor.Count(Refusal, 0)
        + Calls.Sum(static call => FragmentCursor.Count(call.Arguments, ArgumentCharacters));

    /// <summary>The pieces that are sent, in order, as far as the budget goes.</summary>
    public IEnumerable<ReplyPiece> Pieces()
    {
        var left = Budget - SpentHidden ?? int.MaxValue;
        foreach (var piece in All())
        {
            if (left == 0)
            {
                yield break;
            }

            left -= piece.Kind == PieceKind.CallStart ? 0 : 1;
            yield return piece;
        }
    }

    private IEnumerable<ReplyPiece> All()
    {
        foreach (var text in Split(Reasoning, 0))
        {
            yield return new ReplyPiece(PieceKind.Reasoning, 0, text);
        }

        foreach (var text in Split(Refusal, 0))
        {
            yield return new ReplyPiece(PieceKind.Refusal, 0, text);
        }

        foreach (var text in Split(Text.Head, Text.FragmentCharacters).Take(Text.HeadFragments))
        {
            yield return new ReplyPiece(PieceKind.Text, 0, text);
        }

        for (var i = 0; i < Text.PadFragments; i++)
        {
            yield return new ReplyPiece(PieceKind.Text, 0, PadWords.Word(i).AsMemory());
        }

        for (var i = 0; i < Calls.Count; i++)
        {
            yield return new ReplyPiece(PieceKind.CallStart, i, default);
            foreach (var text in Split(Calls[i].Arguments, ArgumentCharacters))
            {
                yield return new ReplyPiece(PieceKind.Arguments, i, text);
            }
        }
    }

    private static IEnumerable<ReadOnlyMemory<char>> Split(string text, int characters)
    {
        var cursor = new FragmentCursor(text, characters);
        while (cursor.MoveNext())
        {
            yield return text.AsMemory(cursor.Start, cursor.End - cursor.Start);
        }
    }
}
