using System.Buffers;
using System.Text;
using FlowGpt.ApiFrontend.Dialects;
using FlowGpt.ApiFrontend.Dialects.AnthropicMessages;
using FlowGpt.ApiFrontend.Dialects.OpenAiChat;
using FlowGpt.ApiFrontend.Dialects.OpenAiCompletions;
using FlowGpt.ApiFrontend.Dialects.OpenAiResponses;
using FlowGpt.ApiFrontend.Models;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Turns;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;
using FlowGpt.Tests.Unit.Turns;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.ApiFrontend.Dialects;

/// <summary>What is true of every dialect for any events, any reads and any place of a reader. A new dialect is one line here.</summary>
public sealed class DialectPropertyTests
{
    private static readonly (IDialect Dialect, string Body)[] All =
    [
        (
            new ChatDialect(),
            """{"model":"m","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"hi"}]}"""
        ),
        (new ResponsesDialect(refusesBuiltInTools: false, static _ => null), """{"model":"m","stream":true,"input":"hi"}"""),
        (new MessagesDialect(), """{"model":"m","stream":true,"max_tokens":9,"messages":[{"role":"user","content":"hi"}]}"""),
        (new CompletionsDialect(), """{"model":"m","stream":true,"prompt":"hi"}"""),
    ];

    private static readonly ResponseHead Head = new("id_1", DateTimeOffset.UnixEpoch, new CachedModel(FakeCatalog.Model("m", "")));

    /// <summary>A reader gets the same bytes for every division of the events into reads.</summary>
    [Property(MaxTest = 200, Arbitrary = [typeof(EventSequence.Arbitraries)])]
    public void Stream_AnyReads_GiveTheSameBytes(EventSequence given, int[] cuts, byte reason)
    {
        var log = LogOf(given);
        foreach (var (dialect, body) in All)
        {
            var request = Parse(dialect, body);

            var whole = Stream(dialect, request, log, [log.NextSequence], (FinishReason)(reason % 4));

            Assert.Equal(whole, Stream(dialect, request, log, Places(cuts, log.NextSequence), (FinishReason)(reason % 4)));
        }
    }

    /// <summary>What was written at any place never changes: a reader that has N bytes gets the rest, and both together are the whole.</summary>
    [Property(MaxTest = 200, Arbitrary = [typeof(EventSequence.Arbitraries)])]
    public void Stream_AtAnyPlace_IsTheBeginningOfTheWhole(EventSequence given, int place)
    {
        var log = LogOf(given);
        foreach (var (dialect, body) in All)
        {
            var request = Parse(dialect, body);

            var whole = Stream(dialect, request, log, [log.NextSequence], FinishReason.Stop);
            var part = Stream(dialect, request, log, Places([place], log.NextSequence)[..1], reason: null);

            Assert.StartsWith(part, whole, StringComparison.Ordinal);
        }
    }

    /// <summary>A call that was not whole when the response ended is in no answer; one that was whole is there. (The old completions have no tools.)</summary>
    [Property(MaxTest = 200, Arbitrary = [typeof(EventSequence.Arbitraries)])]
    public void Whole_ToolCalls_AreWholeOrAbsent(EventSequence given)
    {
        var log = LogOf(given);
        var whole = log.ToItems().OfType<ToolCallItem>().Select(static call => call.CallId).ToHashSet();
        foreach (var (dialect, body) in All.Where(static one => one.Dialect is not CompletionsDialect))
        {
            using var renderer = dialect.RenderWhole(Parse(dialect, body));
            foreach (var entry in log.From(0))
            {
                renderer.Add(entry);
            }

            var output = new ArrayBufferWriter<byte>();
            renderer.Write(output, Head, FinishReason.Stop, new TokenUsage(1, 2, 0));
            var text = Encoding.UTF8.GetString(output.WrittenSpan);

            foreach (var one in given.Events.Where(static one => one.Kind == EventKind.ToolCallStarted))
            {
                var id = $"call_{one.Item}";
                Assert.Equal(whole.Contains(id), text.Contains($"\"{id}\"", StringComparison.Ordinal));
            }
        }
    }

    private static ResponseLog LogOf(EventSequence given)
    {
        var log = new ResponseLog();
        given.GiveTo(log);
        return log;
    }

    private static DialectRequest Parse(IDialect dialect, string body)
    {
        var error = dialect.Parse(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(body)), strict: false, out var request);
        Assert.True(error is null, error?.Message);
        return request!;
    }

    /// <summary>Ascending places of a log, the last of them its end.</summary>
    private static int[] Places(int[]? cuts, int end) => [.. (cuts ?? []).Select(cut => (int)((uint)cut % (uint)(end + 1))).Order(), end];

    /// <summary>The frames of a log that is read up to each of the places; with a finish reason, the response has ended with this reason.</summary>
    private static string Stream(IDialect dialect, DialectRequest request, ResponseLog log, int[] places, FinishReason? reason)
    {
        var renderer = dialect.RenderStream(request, Head);
        var output = new ArrayBufferWriter<byte>();
        var from = 0;
        foreach (var to in places)
        {
            var read = 0;
            foreach (var entry in log.From(from))
            {
                if (from + read++ < to)
                {
                    renderer.Write(output, entry);
                }
            }

            from = to;
        }

        if (reason is { } ended)
        {
            renderer.WriteEnd(output, ended, new TokenUsage(1, 2, 0));
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
