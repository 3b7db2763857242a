using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams;

namespace FlowGpt.Tests.Kit;

/// <summary>Calls of an upstream, and the reading of replies.</summary>
internal static class TestCalls
{
    /// <summary>A call with these items as its whole context; one short question where no items are given.</summary>
    public static UpstreamCall Of(Target target, UpstreamCredential credential, params Item[] context)
    {
        ImmutableArray<Item> items = context.Length > 0 ? [.. context] : [Messages.User("Hi")];
        var turn = new TurnRequest
        {
            ResponseId = "resp_1",
            ClientKeyId = "key",
            Route = "route",
            Input = items,
            Timeout = TimeSpan.FromSeconds(60),
        };
        return new(target, turn, items, SamplingOptions.Default, credential);
    }

    /// <summary>Reads a reply to its end. Every read gives something, and only the last says that the reply has ended.</summary>
    public static async Task<RecordedEvents> ReadAllAsync(this IUpstreamReply reply, CancellationToken cancellationToken)
    {
        var events = new RecordedEvents();
        for (var more = true; more; )
        {
            var before = events.All.Count;
            more = await reply.ReadAsync(events, cancellationToken);
            Assert.NotEqual(before, events.All.Count);
        }

        return events;
    }
}
