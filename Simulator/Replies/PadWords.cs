using System.Text;

namespace FlowGpt.Simulator.Replies;

/// <summary>
/// The words that lengthen a reply, in a fixed order, with one-, two-, three- and four-byte characters among them. Each has its frame
/// ready made, because padding is most of what a load test sends.
/// </summary>
internal static class PadWords
{
    private static readonly string[] Words =
    [
        " river",
        " stone",
        " naïve",
        " lantern",
        " 東京",
        " copper",
        " harbour",
        " Ωmega",
        " winter",
        " 🚀",
        " meadow",
        " paper",
        " façade",
        " thunder",
        " Київ",
        " orchard",
    ];

    private static readonly byte[][] Frames = [.. Words.Select(Frame)];
    private static readonly int[] Utf8Lengths = [.. Words.Select(Encoding.UTF8.GetByteCount)];

    public static string Word(int index) => Words[index & 15];

    /// <summary>The word as a whole line: UTF-8, unescaped, ending in a line feed.</summary>
    public static ReadOnlySpan<byte> FrameOf(int index) => Frames[index & 15];

    public static int Utf8Length(int index) => Utf8Lengths[index & 15];

    private static byte[] Frame(string word) => Encoding.UTF8.GetBytes("{\"event\":\"text\",\"data\":\"" + word + "\"}\n");
}
