using System.Text;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Upstreams.OpenAi;

/// <summary>A reply's events depend only on what the server sent, not on how the bytes were split or the events formatted.</summary>
public sealed class ChatStreamProperties
{
    [Property(MaxTest = 100, Arbitrary = [typeof(Replies)])]
    public async Task Read_AnyEventsInAnyPieces_GiveTheSameItems(Reply reply)
    {
        var whole = await ChatBody.ReadAsync(reply.Body);
        var pieces = await ChatBody.ReadAsync(reply.Body, reply.PieceLength);

        Assert.Equal(whole.Events.Shape, pieces.Events.Shape);
        Assert.Equal((whole.Finish, whole.Usage, whole.Failure?.Reason), (pieces.Finish, pieces.Usage, pieces.Failure?.Reason));
    }

    [Property(MaxTest = 100, Arbitrary = [typeof(Replies)])]
    public async Task Read_AnyEvents_GiveAllTextAndWholeCalls(Reply reply)
    {
        var outcome = await ChatBody.ReadAsync(reply.Body, reply.PieceLength);

        Assert.Null(outcome.Failure);
        Assert.Equal((reply.Text, reply.Reasoning), (outcome.Text, outcome.Events.Reasoning));
        Assert.Equal(reply.Arguments, outcome.Events.Calls.Select(static call => call.Of(EventKind.ArgumentsDelta)));
        Assert.All(outcome.Events.Items, static item => Assert.True(item.HasEnded));
    }

    [Property(MaxTest = 100, Arbitrary = [typeof(Replies)])]
    public async Task Read_BodyThatBreaksOff_NeverEndsACall(Reply reply, ushort cut)
    {
        var end = Encoding.UTF8.GetString(reply.Body).IndexOf("\"finish_reason\":\"", StringComparison.Ordinal);
        var length = cut % Math.Max(1, Encoding.UTF8.GetByteCount(Encoding.UTF8.GetString(reply.Body)[..end]));

        var outcome = await ChatBody.ReadAsync(reply.Body[..length], reply.PieceLength);

        Assert.NotNull(outcome.Failure);
        Assert.DoesNotContain(outcome.Events.Calls, static call => call.HasEnded);
        Assert.StartsWith(outcome.Text.TrimEnd('\uFFFD'), reply.Text, StringComparison.Ordinal);
    }

    public sealed record Reply(byte[] Body, string Text, string Reasoning, string[] Arguments, int PieceLength);

    private sealed record Step(string Kind, int Call, string Piece);

    private static class Replies
    {
        private static readonly string[] Pieces = ["a", " ", "\n", "\"", "\\", "é", "€", "🙂", "\u2028", "data: ", "[DONE]", "word "];
        private static readonly string[] LineEnds = ["\n", "\r\n", "\r"];

        public static Arbitrary<Reply> All() =>
            (
                from steps in StepOf().ListOf()
                from lineEnd in Gen.Elements(LineEnds)
                from space in Gen.Elements("", " ")
                from comments in Gen.Elements("", ": ping", "event: chunk", "id: 1")
                from pieceLength in Gen.Choose(1, 60)
                select Make([.. steps], lineEnd, space, comments, pieceLength)
            ).ToArbitrary();

        private static Gen<Step> StepOf() =>
            from kind in Gen.Elements("content", "content", "reasoning_content", "call")
            from call in Gen.Choose(0, 2)
            from piece in Gen.Elements(Pieces)
            select new Step(kind, call, piece);

        private static Reply Make(Step[] steps, string lineEnd, string space, string comment, int pieceLength)
        {
            var arguments = new SortedDictionary<int, string>();
            var order = new List<int>();
            var deltas = steps.Select(step => Delta(step, arguments, order)).ToList();
            // The last piece of the arguments makes them a JSON object of strings.
            var events = deltas.Select(static delta => ChatBody.Chunk(delta)).ToList();
            events.AddRange(
                order.Select(call => ChatBody.Chunk($$$"""{"tool_calls":[{"index":{{{call}}},"function":{"arguments":"}"}}]}"""))
            );
            events.Add(ChatBody.Chunk("{}", "\"stop\""));
            events.Add("""{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}""");
            events.Add("[DONE]");
            var body = string.Concat(
                events.Select(data => $"{(comment.Length > 0 ? comment + lineEnd : "")}data:{space}{data}{lineEnd}{lineEnd}")
            );
            return new Reply(
                Encoding.UTF8.GetBytes(body),
                string.Concat(steps.Where(static step => step.Kind == "content").Select(static step => step.Piece)),
                string.Concat(steps.Where(static step => step.Kind == "reasoning_content").Select(static step => step.Piece)),
                [.. order.Select(call => arguments[call] + "}")],
                pieceLength
            );
        }

        private static string Delta(Step step, SortedDictionary<int, string> arguments, List<int> order)
        {
            if (step.Kind != "call")
            {
                return $$"""{"{{step.Kind}}":{{JsonSerializer.Serialize(step.Piece)}}}""";
            }

            var isFirst = !arguments.TryGetValue(step.Call, out var before);
            var more = (isFirst ? "{" : ",") + "\"k\":" + JsonSerializer.Serialize(step.Piece);
            arguments[step.Call] = before + more;
            if (isFirst)
            {
                order.Add(step.Call);
            }

            var head = isFirst ? $"\"id\":\"call_{step.Call}\"," : "";
            var name = isFirst ? "\"name\":\"tool\"," : "";
            return $$$"""{"tool_calls":[{"index":{{{step.Call}}},{{{head}}}"function":{{{{name}}}"arguments":{{{JsonSerializer.Serialize(more)}}}}}]}""";
        }
    }
}
