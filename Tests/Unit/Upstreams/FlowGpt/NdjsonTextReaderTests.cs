using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FlowGpt.Grains.Upstreams.FlowGpt;
using FlowGpt.Tests.Unit.Replies;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Upstreams.FlowGpt;

public sealed class NdjsonTextReaderTests
{
    /// <summary>Defect 8 of the original proxy, first half: lines split on Unicode separators, so that text was lost.</summary>
    [Theory]
    [InlineData("a\u2028b")]
    [InlineData("a\u2029b")]
    [InlineData("a\u0085b")]
    [InlineData("a\u000B\u000Cb")]
    public void Read_UnicodeSeparatorInsideText_IsText(string text)
    {
        // The two ASCII ones may stand in JSON as escapes only.
        var json = JsonSerializer.Serialize(text, Bodies.Relaxed);
        var raw = text.Any(character => character < ' ') ? json : $"\"{text}\"";

        Assert.Equal(text, ReadWhole($$"""{"event":"text","data":{{raw}}}""" + "\n").Text);
    }

    /// <summary>Defect 8 of the original proxy, second half: data that is not a string killed the stream.</summary>
    [Theory]
    [InlineData("7")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("{\"text\":\"x\"}")]
    [InlineData("[\"x\"]")]
    public void Read_DataIsNotAString_IsSkippedAndCounted(string data)
    {
        var (text, reader, state) = ReadWhole(
            $$"""
            {"event":"text","data":"a"}
            {"event":"text","data":{{data}}}
            {"event":"text","data":"b"}
            """
        );

        Assert.Equal("ab", text);
        Assert.Equal((NdjsonState.End, 1, 0, 0), (state, reader.NotString, reader.NotText, reader.NotJson));
    }

    [Fact]
    public void Read_OtherLines_AreSkippedAndCounted()
    {
        var (text, reader, state) = ReadWhole(
            """
            garbage
            {"event":"meta","data":"x"}
            {"event":"text","data":"a"}
            {"event":"text","data":"cut

            {"event":"text"}
            {"data":"no event"}
            {"event":"text","data":"b"} trailing
            {"event":7,"data":"x"}
            ["event","text"]
            {"data":"c","more":{"event":"meta","data":"y"},"event":"text"}
            """
        );

        Assert.Equal("ac", text);
        Assert.Equal((NdjsonState.End, 1, 1, 6), (state, reader.NotString, reader.NotText, reader.NotJson));
    }

    [Theory]
    [InlineData("""{"event":"text","data":"cut""")]
    [InlineData("""  {"event":"text","data":"b" """)]
    [InlineData("{")]
    public void Read_BodyEndsInsideALine_IsNoEnd(string last)
    {
        var (text, _, state) = ReadWhole("""{"event":"text","data":"a"}""" + "\n" + last);

        Assert.Equal(("a", NdjsonState.EndInsideLine), (text, state));
    }

    [Theory]
    [InlineData("""{"event":"text","data":"b"}""", NdjsonState.End)]
    [InlineData("GARBAGE", NdjsonState.End)]
    [InlineData("""{"event":"error","data":"x"}""", NdjsonState.EndInError)]
    [InlineData("""{"event":"error","data":"x"}""" + "\n" + """{"event":"text","data":"b"}""", NdjsonState.End)]
    public void Read_LastLineWithoutALineBreak_CountsAsALine(string last, object expected)
    {
        Assert.Equal(expected, ReadWhole("""{"event":"text","data":"a"}""" + "\n" + last).State);
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\n\n\n")]
    [InlineData("\n \t\r\n")]
    public void Read_LineEnds_AreTolerated(string lineEnd)
    {
        var body = string.Join(lineEnd, """{"event":"text","data":" a "}""", """  {"event":"text","data":"\tb\r\n"}  """, "");

        var (text, reader, _) = ReadWhole(body);

        Assert.Equal(" a \tb\r\n", text);
        Assert.Equal(0, reader.NotJson);
    }

    [Fact]
    public void Read_EscapedPairSplitOverFragments_ComesOutWhole()
    {
        var (text, _, _) = ReadWhole(
            """
            {"event":"text","data":"a\ud83d"}
            {"event":"text","data":""}
            {"event":"text","data":"\ude42b"}
            """
        );

        Assert.Equal("a🙂b", text);
    }

    [Theory]
    [InlineData("""\ud83d""", "\uFFFD")]
    [InlineData("""\ud83dx""", "\uFFFDx")]
    [InlineData("""\ude42""", "\uFFFD")]
    [InlineData("""\ud83d\ud83d\ude42""", "\uFFFD🙂")]
    [InlineData("""\ud83d\n\ude42""", "\uFFFD\n\uFFFD")]
    public void Read_LoneSurrogate_IsReplaced(string data, string expected) =>
        Assert.Equal(expected, ReadWhole($$"""{"event":"text","data":"{{data}}"}""").Text);

    [Fact]
    public void Read_InvalidUtf8_IsReplaced()
    {
        byte[] body = [.. """{"event":"text","data":"a"""u8, 0xC3, 0x28, 0xFF, .. "\"}\n"u8];

        Assert.Equal("a\uFFFD(\uFFFD", ReadWhole(body, body.Length).Text);
    }

    [Fact]
    public void Read_LineLongerThanAllowed_IsToldBeforeItsEnd()
    {
        var reader = new NdjsonTextReader(16);
        var body = new ReadOnlySequence<byte>(new byte[17]);

        Assert.Equal(NdjsonState.LineTooLong, reader.Read(ref body, isEnd: false, new ArrayBufferWriter<byte>()));
    }

    [Fact]
    public void Read_ManyLines_AllocatesNothing()
    {
        var reader = new NdjsonTextReader(1 << 20);
        var output = new ArrayBufferWriter<byte>(1 << 16);
        var lines = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"event\":\"text\",\"data\":\" a\\n\\u00e9\"}\n", 1000)));
        var first = new ReadOnlySequence<byte>(lines);
        reader.Read(ref first, isEnd: false, output);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var second = new ReadOnlySequence<byte>(lines);
        reader.Read(ref second, isEnd: false, output);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(2 * 1000 * 5, reader.TextBytes);
    }

    [Property(MaxTest = 1000, Arbitrary = [typeof(Bodies)])]
    public void Read_AnyBodyInAnyPieces_GivesItsText(Body body)
    {
        var (text, reader, state) = ReadWhole(body.Bytes, body.PieceLength);

        Assert.Equal(body.Text, text);
        var last = Encoding.UTF8.GetString(body.Bytes).Split('\n')[^1].Trim();
        var isCut = last.StartsWith('{') && !last.EndsWith('}');
        Assert.Equal(isCut, state == NdjsonState.EndInsideLine);
        Assert.Equal(body.Text.Length > 0 && !isCut, state == NdjsonState.End);
        Assert.Equal(body.NoiseLines, reader.NotJson + reader.NotText + reader.NotString);
    }

    /// <summary>The reader must give the same text for unpaired surrogate escapes as .NET's encoder.</summary>
    [Property(MaxTest = 1000, Arbitrary = [typeof(Bodies)])]
    public void Read_AnySurrogateEscapes_GivesValidUtf8(char[] units, byte cut)
    {
        var escapes = units.Select(unit => $"\\u{(int)unit:x4}").ToArray();
        var at = units.Length == 0 ? 0 : cut % units.Length;
        var body = $$"""
            {"event":"text","data":"{{string.Concat(escapes[..at])}}"}
            {"event":"text","data":"{{string.Concat(escapes[at..])}}"}
            """;

        Assert.Equal(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(units)), ReadWhole(body).Text);
    }

    private static (string Text, NdjsonTextReader Reader, NdjsonState State) ReadWhole(string body) =>
        ReadWhole(Encoding.UTF8.GetBytes(body), body.Length + 1);

    /// <summary>Gives a body to the reader as a pipe does: bytes that were not consumed are given again, with the next piece as a further segment.</summary>
    private static (string Text, NdjsonTextReader Reader, NdjsonState State) ReadWhole(byte[] body, int pieceLength)
    {
        var reader = new NdjsonTextReader(1 << 20);
        var output = new ArrayBufferWriter<byte>();
        var pending = ReadOnlySequence<byte>.Empty;
        foreach (var piece in body.Chunk(Math.Max(1, pieceLength)))
        {
            pending = Segment.Append(pending, piece);
            var before = output.WrittenCount;
            Assert.Equal(NdjsonState.More, reader.Read(ref pending, isEnd: false, output));

            // Every read gives whole characters.
            _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetCharCount(output.WrittenSpan[before..]);
        }

        var state = reader.Read(ref pending, isEnd: true, output);
        Assert.True(pending.IsEmpty);
        Assert.Equal(output.WrittenCount, reader.TextBytes);
        return (output.Written(), reader, state);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public static ReadOnlySequence<byte> Append(ReadOnlySequence<byte> sequence, byte[] piece)
        {
            Segment? first = null;
            Segment? last = null;
            foreach (var memory in sequence)
            {
                last = Link(last, memory);
                first ??= last;
            }

            last = Link(last, piece);
            return new ReadOnlySequence<byte>(first ?? last, 0, last, last.Memory.Length);
        }

        private static Segment Link(Segment? previous, ReadOnlyMemory<byte> memory)
        {
            var segment = new Segment
            {
                Memory = memory,
                RunningIndex = previous is null ? 0 : previous.RunningIndex + previous.Memory.Length,
            };
            previous?.Next = segment;
            return segment;
        }
    }

    public sealed record Body(string Text, byte[] Bytes, int NoiseLines, int PieceLength)
    {
        public override string ToString() => $"pieces of {PieceLength}: {Encoding.UTF8.GetString(Bytes)}";
    }

    public static class Bodies
    {
        private static readonly string[] Noise =
        [
            "",
            "\r",
            "junk",
            """{"event":"ping"}""",
            """{"event":"text","data":1}""",
            "{\"event\":\"text\",\"data\":\"x",
        ];

        internal static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

        public static Arbitrary<Body> Whole() =>
            (
                from text in SplitText.From(
                    "a",
                    " ",
                    "\n",
                    "\r\n",
                    "\"",
                    "\\",
                    "é",
                    "€",
                    "🙂",
                    "\u2028",
                    "\u0085",
                    "\u0000",
                    "</p>",
                    "word "
                )
                from noise in Gen.Elements(Noise).ListOf()
                from relaxed in Gen.Elements(true, false)
                from pieceLength in Gen.Choose(1, 40)
                select Make(text, [.. noise], relaxed, pieceLength)
            ).ToArbitrary();

        public static Arbitrary<char> Unit() => Gen.Elements('\ud83d', '\ude42', 'a', '\n', 'é', '\u2028').ToArbitrary();

        private static Body Make(SplitText text, string[] noise, bool relaxed, int pieceLength)
        {
            var lines = text
                .Fragments.Select(fragment =>
                    $$"""{"event":"text","data":{{JsonSerializer.Serialize(fragment, relaxed ? Relaxed : JsonSerializerOptions.Default)}}}"""
                )
                .ToList();
            for (var i = 0; i < noise.Length; i++)
            {
                lines.Insert(i * 7 % (lines.Count + 1), noise[i]);
            }

            var counted = noise.Count(line => line.Trim().Length > 0);
            return new Body(text.Whole, Encoding.UTF8.GetBytes(string.Join('\n', lines)), counted, pieceLength);
        }
    }
}
