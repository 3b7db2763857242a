using System.Text;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Upstreams.OpenAi;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Upstreams.OpenAi;

/// <summary>A chunk that differs from an earlier chunk in its text alone is not read as JSON, and means the same as if it were.</summary>
public sealed class RepeatedChunkTests
{
    [Property(MaxTest = 200, Arbitrary = [typeof(Deltas)])]
    public async Task Read_ChunksOfAnyForms_MeanWhatTheyMeanOneByOne(string[] deltas)
    {
        var body = string.Concat(deltas.Select(delta => ChatBody.Event(ChatBody.Chunk(delta)))) + End;
        // A field that is another in each chunk: none of them repeats.
        var different = string.Concat(deltas.Select((delta, i) => ChatBody.Event("{\"n\":" + i + "," + ChatBody.Chunk(delta)[1..]))) + End;

        var (repeated, read) = (await ChatBody.ReadAsync(body), await ChatBody.ReadAsync(different));

        Assert.Equal(read.Events.Shape, repeated.Events.Shape);
        Assert.Equal((read.Text, read.Events.Reasoning), (repeated.Text, repeated.Events.Reasoning));
        Assert.Equal(
            read.Events.Calls.Select(static call => call.Of(EventKind.ArgumentsDelta)),
            repeated.Events.Calls.Select(static call => call.Of(EventKind.ArgumentsDelta))
        );
        Assert.Equal((read.Finish, read.Usage, read.Failure?.Reason), (repeated.Finish, repeated.Usage, repeated.Failure?.Reason));
    }

    [Theory]
    [InlineData("""{"content":"one"}""", """{"content":"two"}""", "two")]
    [InlineData("""{"content":""}""", """{"content":"two"}""", "two")]
    [InlineData("""{"content":"one"}""", """{"content":"é🙂"}""", "é🙂")]
    public void Matches_OtherTextAlone_GivesTheText(string first, string second, string expected)
    {
        var chunk = Kept(first);

        Assert.True(chunk.Matches(Encoding.UTF8.GetBytes(second), out var text));
        Assert.Equal(expected, Encoding.UTF8.GetString(text));
    }

    [Theory]
    [InlineData("""{"content":"t\\u0077o"}""")]
    [InlineData("""{"content":"two","more":"three"}""")]
    [InlineData("""{"content":"two" }""")]
    [InlineData("""{"content":2}""")]
    [InlineData("""{"content":"}""")]
    [InlineData("{\"content\":\"t\nwo\"}")]
    public void Matches_AnyOtherDifference_IsFalse(string second) =>
        Assert.False(Kept("""{"content":"one"}""").Matches(Encoding.UTF8.GetBytes(second), out _));

    [Fact]
    public void Keep_ChunkWithAnotherEffect_IsNotKept()
    {
        var chunk = new RepeatedChunk();
        var data = """{"content":"one"}"""u8;
        chunk.Begin();
        chunk.Note(RepeatedContent.Text, 12, 3, isEscaped: false);
        chunk.NoteOther();
        chunk.Keep(data, mayRepeat: true);

        Assert.False(chunk.Matches(data, out _));
    }

    private static string End => ChatBody.Event(ChatBody.Chunk("{}", "\"stop\"")) + ChatBody.Event("[DONE]");

    private static RepeatedChunk Kept(string json)
    {
        var chunk = new RepeatedChunk();
        var start = json.IndexOf(":\"", StringComparison.Ordinal) + 2;
        chunk.Begin();
        chunk.Note(RepeatedContent.Text, start, json.LastIndexOf('"') - start, isEscaped: false);
        chunk.Keep(Encoding.UTF8.GetBytes(json), mayRepeat: true);
        return chunk;
    }

    private static class Deltas
    {
        private static readonly string[] Texts = ["", "a", "word ", "é", "🙂", "\\n", "\\\"", "\\ud83d", "\\ude42", "\\\\"];

        private static readonly string[] Forms =
        [
            "{\"content\":\"@\"}",
            "{\"role\":\"assistant\",\"content\":\"@\"}",
            "{\"reasoning_content\":\"@\"}",
            "{\"content\":\"@\",\"reasoning_content\":\"@\"}",
            "{\"content\":null,\"refusal\":\"@\"}",
            "{\"content\":\"@\",\"extra\":1}",
            "{\"content\":[{\"type\":\"text\",\"text\":\"@\"}]}",
            "{\"tool_calls\":[{\"index\":0,\"id\":\"c0\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}}]}",
            "{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"@\"}}]}",
            "{\"tool_calls\":[{\"index\":1,\"id\":\"c1\",\"function\":{\"name\":\"g\",\"arguments\":\"\"}}]}",
            "{\"tool_calls\":[{\"index\":1,\"function\":{\"arguments\":\"@\"}}]}",
            "{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"@\"}},{\"index\":1,\"function\":{\"arguments\":\"@\"}}]}",
        ];

        public static Arbitrary<string[]> All() =>
            (from form in Gen.Elements(Forms) from text in Gen.Elements(Texts) select form.Replace("@", text, StringComparison.Ordinal))
                .ListOf()
                .Select(static deltas => deltas.ToArray())
                .ToArbitrary();
    }
}
