using System.Text;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Upstreams;
using FsCheck;
using FsCheck.Fluent;

namespace FlowGpt.Tests.Unit.Turns;

/// <summary>One event as an upstream gives it.</summary>
public sealed record GivenEvent(EventKind Kind, int Item, string Payload);

/// <summary>A valid sequence of a reply's events: items start in order, may be interleaved, and need not all have ended.</summary>
public sealed record EventSequence(GivenEvent[] Events)
{
    private static readonly string[] Texts = ["a", " b", "世界", "🙂", "{\"x\":", "}", "\n"];

    public void GiveTo(ITurnEventSink sink)
    {
        foreach (var one in Events)
        {
            sink.Append(one.Kind, one.Item, Encoding.UTF8.GetBytes(one.Payload));
        }
    }

    public override string ToString() => string.Join(" ", Events.Select(one => $"{one.Kind}#{one.Item}({one.Payload})"));

    /// <summary>Generates sequences for properties.</summary>
    public static class Arbitraries
    {
        public static Arbitrary<EventSequence> Sequences() =>
            (from steps in Gen.Choose(0, int.MaxValue - 1).ListOf() select new EventSequence([.. Play(steps)])).ToArbitrary();
    }

    // Each number is one choice: to start an item, or to continue an open one.
    private static IEnumerable<GivenEvent> Play(IEnumerable<int> steps)
    {
        var open = new List<(int Item, EventKind Kind)>();
        var items = 0;
        foreach (var step in steps)
        {
            var text = Texts[step / 64 % Texts.Length];
            if (open.Count == 0 || step % 4 == 0)
            {
                var kind = (step / 4 % 4) switch
                {
                    0 => EventKind.ReasoningStarted,
                    1 => EventKind.ToolCallStarted,
                    2 when step % 3 == 0 => EventKind.OpaqueItem,
                    _ => EventKind.MessageStarted,
                };
                yield return new(kind, items, PayloadOfStart(kind, items));
                if (kind != EventKind.OpaqueItem)
                {
                    open.Add((items, kind));
                }

                items++;
                continue;
            }

            var at = step / 16 % open.Count;
            var (item, started) = open[at];
            if (step % 4 == 1)
            {
                open.RemoveAt(at);
                yield return new(EventKind.ItemEnded, item, "");
                continue;
            }

            var isOther = step / 1024 % 3 == 0;
            yield return started switch
            {
                EventKind.ToolCallStarted => new(EventKind.ArgumentsDelta, item, text),
                EventKind.ReasoningStarted => new(isOther ? EventKind.ReasoningSealed : EventKind.ReasoningDelta, item, text),
                _ when isOther && step / 4096 % 2 == 0 => new(EventKind.RefusalDelta, item, text),
                _ when isOther => new(EventKind.Logprobs, item, """{"content":[]}"""),
                _ => new(EventKind.TextDelta, item, text),
            };
        }
    }

    private static string PayloadOfStart(EventKind kind, int item) =>
        kind switch
        {
            EventKind.ToolCallStarted => $"0\0call_{item}\0tool_{item}",
            EventKind.OpaqueItem => $"dialect\0{{\"id\":\"{item}\"}}",
            _ => "",
        };
}
