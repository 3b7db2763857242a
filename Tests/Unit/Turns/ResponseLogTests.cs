using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Turns;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Turns;

public sealed class ResponseLogTests
{
    private static readonly ResponseOutcome Stopped = new(FinishReason.Stop, new TokenUsage(1, 2, 0), null);

    /// <summary>For any events and any reads: a reader at any number gets exactly the rest, with the same borders between events.</summary>
    [Property(Arbitrary = [typeof(EventSequence.Arbitraries)])]
    public void From_AnyNumber_IsExactlyTheRest(EventSequence given, byte from, byte[] pauses)
    {
        var log = new ResponseLog();
        var (read, next) = (new List<RecordedEvent>(), 0);
        foreach (var (one, i) in given.Events.Select((one, i) => (one, i)))
        {
            new EventSequence([one]).GiveTo(log);
            if (pauses.Length > 0 && pauses[i % pauses.Length] % 2 == 0)
            {
                read.AddRange(Recorded(log.From(next)));
                next = log.NextSequence;
            }
        }

        read.AddRange(Recorded(log.From(next)));
        var all = given.Events.Select(one => new RecordedEvent(one.Kind, one.Item, one.Payload)).ToList();
        var sequence = from % (all.Count + 2);

        Assert.Equal(all.Count, log.NextSequence);
        Assert.Equal(all, read);
        Assert.Equal(all.Skip(sequence), Recorded(log.From(sequence)));
        Assert.Equal(all.Count - Math.Min(sequence, all.Count), log.From(sequence).Count);
        Assert.Equal(string.Concat(all.Select(one => one.Payload)), System.Text.Encoding.UTF8.GetString(log.Bytes));
    }

    /// <summary>Parts of any size make the whole, and a part of many short events is small as well: each event becomes a frame.</summary>
    [Property(Arbitrary = [typeof(EventSequence.Arbitraries)])]
    public void From_InParts_IsTheWholeAndEachPartIsSmall(EventSequence given, ushort most)
    {
        const int LeastOfAFrame = 100;
        var log = new ResponseLog();
        given.GiveTo(log);
        var (read, next) = (new List<RecordedEvent>(), 0);
        while (next < log.NextSequence)
        {
            var part = log.From(next, most);
            Assert.True(
                part.Count == 1 || part.Bytes.Length + (part.Count * LeastOfAFrame) <= most,
                $"{part.Count} events for {most} bytes."
            );
            Assert.NotEqual(0, part.Count);
            read.AddRange(Recorded(part));
            next += part.Count;
        }

        Assert.Equal(given.Events.Select(one => new RecordedEvent(one.Kind, one.Item, one.Payload)), read);
        Assert.Equal(0, log.SizeFrom(next));
        Assert.True(log.SizeFrom(0) >= log.Bytes.Length);
    }

    /// <summary>A tool call and reasoning are whole or absent; a message has the text so far.</summary>
    [Property(Arbitrary = [typeof(EventSequence.Arbitraries)])]
    public void ToItems_AnySequence_HasEveryMessageAndOnlyWholeOthers(EventSequence given)
    {
        var log = new ResponseLog();
        given.GiveTo(log);

        var expected = Enumerable
            .Range(0, log.ItemCount)
            .Select(item => Expected([.. given.Events.Where(one => one.Item == item)]))
            .OfType<Item>();

        Assert.Equal(expected, log.ToItems());
    }

    /// <summary>A reply that was cut was cut in its last item, which is not always a message and not always whole.</summary>
    [Property(Arbitrary = [typeof(EventSequence.Arbitraries)])]
    public void ToItems_ReplyThatWasCut_MarksTheMessageThatStartedLastAlone(EventSequence given)
    {
        var log = new ResponseLog();
        given.GiveTo(log);
        var last = given.Events.LastOrDefault(one => one.Item == log.ItemCount - 1);
        var isMessage = given.Events.Any(one => one.Item == last?.Item && one.Kind == EventKind.MessageStarted);

        var marked = log.ToItems(isCut: true)
            .Select(static (item, i) => item is MessageItem { IsIncomplete: true } ? i : -1)
            .Where(static i => i >= 0)
            .ToList();

        Assert.Equal(isMessage ? [log.ToItems().Length - 1] : [], marked);
        Assert.DoesNotContain(log.ToItems(), static item => item is MessageItem { IsIncomplete: true });
    }

    /// <summary>An event that breaks the order is refused and changes nothing.</summary>
    [Property(Arbitrary = [typeof(EventSequence.Arbitraries)])]
    public void Append_EventOutOfOrder_IsRefusedAndLeavesTheLog(EventSequence given, EventKind kind, byte item)
    {
        var log = new ResponseLog();
        given.GiveTo(log);
        var index = item % (log.ItemCount + 2);
        var started = given.Events.FirstOrDefault(one => one.Item == index)?.Kind;
        var isOpen =
            started is not (null or EventKind.OpaqueItem) && !given.Events.Any(one => one.Item == index && one.Kind == EventKind.ItemEnded);
        var allowed = kind switch
        {
            EventKind.MessageStarted or EventKind.ReasoningStarted or EventKind.ToolCallStarted or EventKind.OpaqueItem => index
                == log.ItemCount,
            EventKind.TextDelta or EventKind.RefusalDelta or EventKind.Logprobs => isOpen && started == EventKind.MessageStarted,
            EventKind.ReasoningDelta or EventKind.ReasoningSealed => isOpen && started == EventKind.ReasoningStarted,
            EventKind.ArgumentsDelta => isOpen && started == EventKind.ToolCallStarted,
            EventKind.ItemEnded => isOpen,
            _ => index <= log.ItemCount,
        };
        var before = log.NextSequence;

        var refused = Record.Exception(() => log.Append(kind, index, "0\0c\0n"u8));

        Assert.Equal(allowed, refused is null);
        Assert.True(refused is null or InvalidOperationException);
        Assert.Equal(allowed ? before + 1 : before, log.NextSequence);
    }

    [Fact]
    public void From_TakenBeforeLaterAppends_DoesNotChange()
    {
        var log = new ResponseLog();
        log.Append(EventKind.MessageStarted, 0, []);
        log.Append(EventKind.TextDelta, 0, "first "u8);
        var slice = log.From(0);

        log.Append(EventKind.TextDelta, 0, "second"u8);

        Assert.Equal("first ", slice.Text());
        Assert.Equal("second", log.From(2).Text());
    }

    [Fact]
    public void Append_DeltaWithoutPayload_IsNoEvent()
    {
        var log = new ResponseLog();
        log.Append(EventKind.MessageStarted, 0, []);

        log.Append(EventKind.TextDelta, 0, []);

        Assert.Equal(1, log.NextSequence);
    }

    [Fact]
    public void HasNews_OpenLogReadToItsEnd_IsFalseUntilItCloses()
    {
        var log = new ResponseLog();
        log.Append(EventKind.MessageStarted, 0, []);
        Assert.True(log.HasNews(0));
        Assert.False(log.HasNews(1));

        log.Close(ResponseStatus.Completed, Stopped);

        Assert.True(log.HasNews(1));
        Assert.Equal(ResponseStatus.Completed, log.Status);
    }

    [Fact]
    public void Close_Twice_FirstEndStands()
    {
        var log = new ResponseLog();
        log.Close(ResponseStatus.Completed, Stopped);

        log.Close(ResponseStatus.Failed, new ResponseOutcome(null, default, new TurnError(TurnErrorKind.Internal, "late")));

        Assert.Equal(ResponseStatus.Completed, log.Status);
        Assert.Same(Stopped, log.Outcome);
        Assert.Throws<InvalidOperationException>(() => log.Append(EventKind.MessageStarted, 0, []));
    }

    /// <summary>A reply that is repeated from what is stored has the items that are stored.</summary>
    [Property(Arbitrary = [typeof(EventSequence.Arbitraries)])]
    public void ItemEvents_OfAnyReply_MakeTheSameItems(EventSequence given)
    {
        var (first, again) = (new ResponseLog(), new ResponseLog());
        given.GiveTo(first);

        ItemEvents.Write(again, first.ToItems());

        Assert.Equal(first.ToItems(), again.ToItems());
    }

    private static Item? Expected(GivenEvent[] events)
    {
        string Joined(EventKind kind) => string.Concat(events.Where(one => one.Kind == kind).Select(one => one.Payload));
        var hasEnded = events[^1].Kind == EventKind.ItemEnded;
        var number = events[0].Item;
        return events[0].Kind switch
        {
            EventKind.MessageStarted => new MessageItem(
                MessageRole.Assistant,
                [
                    .. Joined(EventKind.TextDelta) is { Length: > 0 } text ? [new TextPart(text)] : Array.Empty<Part>(),
                    .. Joined(EventKind.RefusalDelta) is { Length: > 0 } refusal ? [new RefusalPart(refusal)] : Array.Empty<Part>(),
                ]
            ),
            EventKind.OpaqueItem => new OpaqueItem("dialect", $"{{\"id\":\"{number}\"}}"),
            EventKind.ToolCallStarted when hasEnded => new ToolCallItem(
                $"call_{number}",
                $"tool_{number}",
                Joined(EventKind.ArgumentsDelta)
            ),
            EventKind.ReasoningStarted when hasEnded => new ReasoningItem(
                Joined(EventKind.ReasoningDelta),
                events.LastOrDefault(one => one.Kind == EventKind.ReasoningSealed)?.Payload
            ),
            _ => null,
        };
    }

    private static List<RecordedEvent> Recorded(ResponseEvents events)
    {
        var recorded = new RecordedEvents();
        foreach (var one in events)
        {
            recorded.Append(one.Kind, one.Item, one.Payload);
        }

        return recorded.All;
    }
}
