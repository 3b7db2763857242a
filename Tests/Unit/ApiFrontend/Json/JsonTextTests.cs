using System.Buffers;
using System.Text;
using System.Text.Json;
using FlowGpt.ApiFrontend.Json;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.ApiFrontend.Json;

public sealed class JsonTextTests
{
    [Property]
    public void WriteEscaped_AnyText_ParsesBackToItself(FsCheck.UnicodeString text) => AssertRoundTrip(text.Get ?? "");

    [Fact]
    public void WriteEscaped_EveryControlAndLineSeparator_ParsesBackAndIsOneLine()
    {
        var text = string.Concat(Enumerable.Range(0, 0x100).Select(c => (char)c)) + "\u2027\u2028\u2029\u202a“€é😀";

        var written = AssertRoundTrip(text);

        Assert.DoesNotContain(written, c => c is '\n' or '\r' or '\u0085' or '\u2028' or '\u2029' or < ' ');
        Assert.Contains("“€é😀", written, StringComparison.Ordinal);
    }

    private static string AssertRoundTrip(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var output = new ArrayBufferWriter<byte>();
        JsonText.WriteEscaped(output, bytes);
        var written = Encoding.UTF8.GetString(output.WrittenSpan);
        Assert.Equal(Encoding.UTF8.GetString(bytes), JsonSerializer.Deserialize<string>($"\"{written}\""));
        return written;
    }
}
