using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Tokens;
using FlowGpt.Grains.Upstreams;

namespace FlowGpt.Grains.Turns;

/// <summary>
/// Holds the events of one read back until their tokens are reserved, so that a client never gets more than a limit leaves. Used only for replies whose tokens
/// are limited. Not thread-safe.
/// </summary>
internal sealed class HeldEvents(TokenCounter tokens) : ITurnEventSink
{
    private readonly List<(EventKind Kind, int Item, byte[] Payload)> _events = [];

    public void Append(EventKind kind, int item, ReadOnlySpan<byte> payload) => _events.Add((kind, item, payload.ToArray()));

    /// <summary>Tokens of all that is held.</summary>
    public long Count() => _events.Sum(one => (long)tokens.Count(one.Payload));

    /// <summary>Gives all that is held.</summary>
    public void Release(ITurnEventSink events)
    {
        foreach (var (kind, item, payload) in _events)
        {
            events.Append(kind, item, payload);
        }

        _events.Clear();
    }

    /// <summary>Gives what is held without its last tokens; what comes after the cut is dropped.</summary>
    /// <param name="events">Takes the events.</param>
    /// <param name="excess">How many tokens the client does not get.</param>
    public void ReleaseWithoutLast(ITurnEventSink events, long excess)
    {
        var left = Count() - excess;
        foreach (var (kind, item, payload) in _events)
        {
            var count = tokens.Count(payload);
            if (count > left)
            {
                if (kind is EventKind.TextDelta or EventKind.RefusalDelta or EventKind.ReasoningDelta)
                {
                    events.Append(kind, item, tokens.WithoutLast(payload, count - left));
                }

                break;
            }

            left -= count;
            events.Append(kind, item, payload);
        }

        _events.Clear();
    }
}
