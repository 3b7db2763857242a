namespace FlowGpt.Simulator.Replies;

/// <summary>How much text of a reply was written.</summary>
/// <param name="Fragments">Text fragments, which count as tokens.</param>
/// <param name="Characters">UTF-16 code units of text.</param>
/// <param name="Bytes">UTF-8 bytes of text, without framing and escapes.</param>
internal readonly record struct SentText(int Fragments, int Characters, int Bytes)
{
    public SentText Plus(int characters, int bytes) => new(Fragments + 1, Characters + characters, Bytes + bytes);
}
