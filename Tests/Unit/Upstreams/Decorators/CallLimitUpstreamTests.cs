using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Turns;
using FlowGpt.Grains.Upstreams;
using FlowGpt.Grains.Upstreams.Decorators;
using FlowGpt.Tests.Unit.Turns;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Upstreams.Decorators;

public sealed class CallLimitUpstreamTests
{
    [Property(Arbitrary = [typeof(EventSequence.Arbitraries)])]
    public async Task Read_AnyReply_HasTheFirstCallsAndEverythingElse(EventSequence given, byte size)
    {
        var most = size % 3 + 1;
        var whole = new ResponseLog();
        given.GiveTo(whole);
        var script = new ScriptedUpstream();
        script.Next().Gives(given.GiveTo).Ends();

        var read = new ResponseLog();
        var turn = EmulatingUpstream.Turn(MessageItem.Of(MessageRole.User, "hi"));
        var credential = new UpstreamCredential(
            "pool",
            ImmutableDictionary<string, string>.Empty,
            ImmutableDictionary<string, string>.Empty
        );
        var call = new UpstreamCall(new Target("pool", "model"), turn, turn.Input, turn.Sampling, credential);
        await using var reply = await new CallLimitUpstream(script, most).OpenAsync(call, TestDeadline.Token);
        while (await reply.ReadAsync(read, TestDeadline.Token)) { }

        var calls = given.Events.Where(static one => one.Kind == EventKind.ToolCallStarted).Select(static one => one.Item).ToList();
        Assert.Equal(calls.Count <= most, reply.IsWhole);
        Assert.Equal(
            whole.ToItems().Where(static item => item is not ToolCallItem),
            read.ToItems().Where(static item => item is not ToolCallItem)
        );
        Assert.Equal(
            calls.Take(most).Count(call => given.Events.Any(one => one.Kind == EventKind.ItemEnded && one.Item == call)),
            read.ToItems().OfType<ToolCallItem>().Count()
        );
        if (calls.Count <= most)
        {
            Assert.Equal(whole.ToItems(), read.ToItems());
        }
    }
}
