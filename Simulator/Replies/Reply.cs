using System.Text;

namespace FlowGpt.Simulator.Replies;

/// <summary>
/// A whole reply before it is sent: a head that depends on the request, then padding. The padded text is only built when somebody
/// asks for it, so that a long reply costs a load test nothing but its bytes.
/// </summary>
/// <param name="Head">The part made for this request.</param>
/// <param name="FragmentCharacters">See <see cref="FragmentCursor"/>.</param>
/// <param name="HeadFragments">How many of the head's fragments are sent.</param>
/// <param name="PadFragments">How many padding words follow.</param>
internal sealed record Reply(string Head, int FragmentCharacters, int HeadFragments, int PadFragments)
{
    /// <summary>The reply of a request that gets none.</summary>
    public static Reply Nothing { get; } = new("", 0, 0, 0);

    public int Fragments => HeadFragments + PadFragments;

    /// <param name="head">The text made for this request.</param>
    /// <param name="fragmentCharacters">See <see cref="FragmentCursor"/>.</param>
    /// <param name="tokens">The exact number of fragments wanted (cut or padded to it), or null for the head as it is.</param>
    public static Reply Plan(string head, int fragmentCharacters, int? tokens)
    {
        var count = FragmentCursor.Count(head, fragmentCharacters);
        var wanted = tokens ?? count;
        return new Reply(head, fragmentCharacters, Math.Min(count, wanted), Math.Max(0, wanted - count));
    }

    /// <summary>The text of the first <paramref name="fragments"/> fragments.</summary>
    public string Text(int fragments)
    {
        var cursor = new FragmentCursor(Head, FragmentCharacters);
        for (var i = 0; i < Math.Min(fragments, HeadFragments) && cursor.MoveNext(); i++) { }

        var padded = fragments - HeadFragments;
        if (padded <= 0)
        {
            return Head[..cursor.End];
        }

        var text = new StringBuilder(Head, 0, cursor.End, cursor.End + (padded * 8));
        for (var i = 0; i < padded; i++)
        {
            text.Append(PadWords.Word(i));
        }

        return text.ToString();
    }
}
