using System.Collections.Immutable;
using System.Text;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Turns;
using FlowGpt.Grains.Upstreams;
using FlowGpt.Grains.Upstreams.Decorators;
using FlowGpt.Tests.Unit.Replies;
using FlowGpt.Tests.Unit.Turns;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Upstreams.Decorators;

public sealed class FilteredUpstreamTests
{
    private static readonly UpstreamCredential Credential = new(
        "pool",
        ImmutableDictionary<string, string>.Empty,
        ImmutableDictionary<string, string>.Empty
    );

    /// <summary>The rules apply to the message's whole text: how the text is split changes nothing that a client sees.</summary>
    [Property(MaxTest = 300, Arbitrary = [typeof(ReplyFilterTests.Cases)])]
    public async Task Read_AnySplit_GivesWhatTheWholeTextGives(SplitText text, bool clean, ReplyFilterTests.Stops stops, byte size)
    {
        int? limit = size % 4 == 0 ? null : size % 24 + 1;

        var whole = await ReadAsync(Reply([text.Whole]), clean, stops.Strings, limit);
        var split = await ReadAsync(Reply(text.Fragments), clean, stops.Strings, limit);

        Assert.Equal((whole.Text, whole.FinishReason, whole.IsWhole), (split.Text, split.FinishReason, split.IsWhole));
        Assert.Equal(whole.Log.ToItems(), split.Log.ToItems());
        Assert.Equal(split.IsWhole ? 0 : split.GivenBytes - Encoding.UTF8.GetByteCount(split.Text), split.DroppedBytes);
        Assert.Equal(split.IsWhole, split.Usage is not null);
        Assert.Single(split.Events, one => one is { Kind: EventKind.MessageStarted, Item: 0 });
        Assert.Single(split.Events, one => one is { Kind: EventKind.ItemEnded, Item: 0 });
        // Events after the cut are dropped; all events of a reply that was not cut are passed on.
        Assert.Equal(split.IsWhole, split.Log.ToItems().OfType<ToolCallItem>().Any());
    }

    [Property(Arbitrary = [typeof(EventSequence.Arbitraries)])]
    public async Task Read_RulesThatMeetNothing_ChangeNoItem(EventSequence given)
    {
        var expected = new ResponseLog();
        given.GiveTo(expected);

        var read = await ReadAsync(
            [.. given.Events.Select(one => (Action<ITurnEventSink>)new EventSequence([one]).GiveTo)],
            true,
            ["~"],
            null
        );

        Assert.True(read.IsWhole);
        Assert.Equal(expected.ToItems(), read.Log.ToItems());
        Assert.Equal(WithoutFirstMessage(given, given.Events), WithoutFirstMessage(given, read.Events));
    }

    [Fact]
    public async Task Read_TextThatIsHeldBackWhenTheReplyBreaks_GaveNoEvent()
    {
        var call = new ScriptedUpstream();
        call.Next().Says("**GPT-4 Resp").Breaks(UpstreamScript.Failure(FailureClass.Upstream, FailureReason.ConnectionReset));
        await using var reply = await OpenAsync(call, clean: true, [], null);
        var events = new RecordedEvents();

        await Assert.ThrowsAsync<UpstreamException>(async () =>
        {
            while (await reply.ReadAsync(events, TestDeadline.Token)) { }
        });

        Assert.Empty(events.All);
    }

    [Fact]
    public async Task Read_StopString_EndsTheReplyWithoutReadingOn()
    {
        var upstream = new ScriptedUpstream();
        var call = upstream.Next().Says("one END").Says(" never read");
        await using var reply = await OpenAsync(upstream, clean: false, ["END"], null);
        var events = new RecordedEvents();

        Assert.False(await reply.ReadAsync(events, TestDeadline.Token));

        Assert.Equal("one ", events.Text);
        Assert.Equal((FinishReason.Stop, false, 3L), (reply.FinishReason, reply.IsWhole, reply.DroppedBytes));
        Assert.False(call.Waiting.IsCompleted);
    }

    [Fact]
    public async Task Read_StopStringInALaterMessage_EndsTheReply()
    {
        var read = await ReadAsync([.. Message(0, "one"), .. Message(1, "two E", "ND three"), .. Message(2, "four")], false, ["END"], null);

        Assert.Equal(["one", "two "], Texts(read));
        Assert.Equal((FinishReason.Stop, false), (read.FinishReason, read.IsWhole));
        // Nothing is read after the cut.
        Assert.Equal("ND three".Length + "E".Length, read.DroppedBytes);
    }

    [Fact]
    public async Task Read_StopStringAcrossTwoMessages_IsNone()
    {
        var read = await ReadAsync([.. Message(0, "one |"), .. Message(1, "| two")], false, ["||"], null);

        Assert.Equal(["one |", "| two"], Texts(read));
        Assert.True(read.IsWhole);
    }

    [Fact]
    public async Task Read_Limit_HoldsForAllMessagesTogether()
    {
        var read = await ReadAsync([.. Message(0, "one two"), .. Message(1, " three four five")], false, [], limit: 4);

        Assert.Equal(["one two", " three four"], Texts(read));
        Assert.Equal((FinishReason.Length, false), (read.FinishReason, read.IsWhole));
    }

    [Fact]
    public async Task Read_MessagesThatTakeTurns_KeepTheirOwnTexts()
    {
        var read = await ReadAsync(
            [
                events => events.Append(EventKind.MessageStarted, 0, []),
                events => events.Append(EventKind.TextDelta, 0, "a E"u8),
                events => events.Append(EventKind.MessageStarted, 1, []),
                events => events.Append(EventKind.TextDelta, 1, "b E"u8),
                events => events.Append(EventKind.TextDelta, 0, "N"u8),
                events => events.Append(EventKind.ItemEnded, 0, []),
                events => events.Append(EventKind.ItemEnded, 1, []),
            ],
            false,
            ["END"],
            null
        );

        Assert.Equal(["a EN", "b E"], Texts(read));
        Assert.True(read.IsWhole);
    }

    [Fact]
    public async Task Read_ReplyWithoutAMessage_HasNone()
    {
        var upstream = new ScriptedUpstream();
        upstream
            .Next()
            .Gives(events =>
            {
                events.Append(EventKind.ToolCallStarted, 0, "0\0c\0f"u8);
                events.Append(EventKind.ArgumentsDelta, 0, "END"u8);
                events.Append(EventKind.ItemEnded, 0, []);
            })
            .Ends()
            .FinishReason = FinishReason.ToolCalls;
        await using var reply = await OpenAsync(upstream, clean: true, ["END"], limit: 1);
        var log = new ResponseLog();

        while (await reply.ReadAsync(log, TestDeadline.Token)) { }

        Assert.Equal([new ToolCallItem("c", "f", "END")], log.ToItems());
        Assert.Equal((FinishReason.ToolCalls, true), (reply.FinishReason, reply.IsWhole));
    }

    private static IEnumerable<string> Texts(ReadReply read) =>
        read.Log.ToItems().Cast<MessageItem>().Select(static message => Assert.IsType<TextPart>(Assert.Single(message.Parts)).Text);

    private static IEnumerable<Action<ITurnEventSink>> Message(int item, params string[] fragments) =>
        [
            events => events.Append(EventKind.MessageStarted, item, []),
            .. fragments.Select(fragment =>
                (Action<ITurnEventSink>)(events => events.Append(EventKind.TextDelta, item, Encoding.UTF8.GetBytes(fragment)))
            ),
            events => events.Append(EventKind.ItemEnded, item, []),
        ];

    /// <summary>A message in these pieces, then a tool call.</summary>
    private static List<Action<ITurnEventSink>> Reply(string[] fragments) =>
        [
            events => events.Append(EventKind.MessageStarted, 0, []),
            .. fragments.Select(fragment =>
                (Action<ITurnEventSink>)(events => events.Append(EventKind.TextDelta, 0, Encoding.UTF8.GetBytes(fragment)))
            ),
            events => events.Append(EventKind.ItemEnded, 0, []),
            events =>
            {
                events.Append(EventKind.ToolCallStarted, 1, "0\0call_1\0f"u8);
                events.Append(EventKind.ArgumentsDelta, 1, "{}"u8);
                events.Append(EventKind.ItemEnded, 1, []);
            },
        ];

    private static async Task<ReadReply> ReadAsync(List<Action<ITurnEventSink>> steps, bool clean, ImmutableArray<string> stop, int? limit)
    {
        var upstream = new ScriptedUpstream();
        var call = upstream.Next().Answers();
        var given = 0L;
        foreach (var step in steps)
        {
            call.Gives(events => step(new Counting(events, length => given += length)));
        }

        call.Ends().Usage = new TokenUsage(1, 2, 0, Origin: UsageOrigin.Reported);
        await using var reply = await OpenAsync(upstream, clean, stop, limit);
        var read = new ReadReply();
        while (await reply.ReadAsync(read, TestDeadline.Token)) { }

        return read with
        {
            FinishReason = reply.FinishReason,
            IsWhole = reply.IsWhole,
            DroppedBytes = reply.DroppedBytes,
            Usage = reply.Usage,
            GivenBytes = given,
        };
    }

    private static Task<IUpstreamReply> OpenAsync(ScriptedUpstream upstream, bool clean, ImmutableArray<string> stop, int? limit) =>
        new FilteredUpstream(upstream, clean, stop, limit).OpenAsync(
            TestCalls.Of(new Target("pool", "model"), Credential),
            TestDeadline.Token
        );

    /// <summary>All events but the start, the text and the end of the first message, whose text may come later than it was given.</summary>
    private static IEnumerable<(EventKind, int, string)> WithoutFirstMessage(EventSequence given, IEnumerable<GivenEvent> events)
    {
        var first = given.Events.FirstOrDefault(one => one.Kind == EventKind.MessageStarted)?.Item;
        return events
            .Where(one => one.Item != first || one.Kind is not (EventKind.MessageStarted or EventKind.TextDelta or EventKind.ItemEnded))
            .Select(one => (one.Kind, one.Item, one.Payload));
    }

    private static IEnumerable<(EventKind, int, string)> WithoutFirstMessage(EventSequence given, IEnumerable<RecordedEvent> events) =>
        WithoutFirstMessage(given, events.Select(one => new GivenEvent(one.Kind, one.Item, one.Payload)));

    private sealed class Counting(ITurnEventSink inner, Action<int> count) : ITurnEventSink
    {
        public void Append(EventKind kind, int item, ReadOnlySpan<byte> payload)
        {
            count(payload.Length);
            inner.Append(kind, item, payload);
        }
    }

    /// <summary>The events that were passed on; a log checks their order.</summary>
    private sealed record ReadReply : ITurnEventSink
    {
        private readonly RecordedEvents _events = new();

        public ResponseLog Log { get; } = new();

        public List<RecordedEvent> Events => _events.All;

        public string Text => _events.Text;

        public FinishReason FinishReason { get; init; }

        public bool IsWhole { get; init; }

        public long DroppedBytes { get; init; }

        public long GivenBytes { get; init; }

        public TokenUsage? Usage { get; init; }

        public void Append(EventKind kind, int item, ReadOnlySpan<byte> payload)
        {
            _events.Append(kind, item, payload);
            Log.Append(kind, item, payload);
        }
    }
}
