using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace FlowGpt.Tests.Unit.Replies;

/// <summary>A text and one way to split it into fragments of whole characters.</summary>
public sealed record SplitText(string[] Fragments)
{
    public string Whole => string.Concat(Fragments);

    public override string ToString() => string.Join(" | ", Fragments.Select(fragment => $"\"{fragment}\""));

    /// <summary>Texts made of the given parts, split anywhere.</summary>
    public static Gen<SplitText> From(params string[] parts) =>
        from chosen in Gen.Elements(parts).ListOf()
        from sizes in Gen.Choose(1, 12).NonEmptyListOf()
        select Split(string.Concat(chosen), [.. sizes]);

    private static SplitText Split(string text, int[] sizes)
    {
        var fragments = new List<string>();
        var runes = text.EnumerateRunes().Select(rune => rune.ToString()).ToArray();
        for (int at = 0, turn = 0; at < runes.Length; turn++)
        {
            var size = Math.Min(sizes[turn % sizes.Length], runes.Length - at);
            fragments.Add(string.Concat(runes.AsSpan(at, size).ToArray()));
            at += size;
        }

        return new SplitText([.. fragments]);
    }
}

internal static class Utf8Text
{
    public static string Written(this ArrayBufferWriter<byte> writer) => new UTF8Encoding(false, true).GetString(writer.WrittenSpan);
}
