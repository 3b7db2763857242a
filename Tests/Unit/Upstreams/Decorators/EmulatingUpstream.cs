using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Tokens;
using FlowGpt.Grains.Turns;
using FlowGpt.Grains.Upstreams;
using FlowGpt.Grains.Upstreams.Decorators;

namespace FlowGpt.Tests.Unit.Upstreams.Decorators;

/// <summary>A scripted upstream of text behind the decorators that a turn needs.</summary>
internal sealed class EmulatingUpstream : IFurtherCalls
{
    private static readonly TokenCounter Counter = new();

    public ScriptedUpstream Upstream { get; } = new();

    /// <summary>Calls that were made in side branches.</summary>
    public List<UpstreamCall> Further { get; } = [];

    /// <summary>The answer in a side branch; null when no account can make the call.</summary>
    public string? SecondAnswer { get; init; }

    public bool FailsLoudly { get; init; }

    public int? Window { get; init; }

    /// <summary>The call that the upstream got.</summary>
    public UpstreamCall Asked { get; private set; } = null!;

    public static TurnRequest Turn(params Item[] context) =>
        new()
        {
            ResponseId = "resp_1",
            ClientKeyId = "key",
            Route = "route",
            Input = [.. context],
            Timeout = TimeSpan.FromSeconds(60),
        };

    /// <summary>Reads a reply of these fragments to its end.</summary>
    public async Task<(ImmutableArray<Item> Items, FinishReason Finish, bool IsWhole)> ReadAsync(
        TurnRequest turn,
        FinishReason finish,
        params string[] fragments
    )
    {
        var script = Upstream.Next();
        foreach (var fragment in fragments)
        {
            script.Says(fragment);
        }

        script.Ends().FinishReason = finish;
        var setting = new DecoratorSetting(CleanPrefix: false, Window, Counter, FailsLoudly);
        var decorated = UpstreamDecorators.Around(Upstream, ModelCapabilities.KeepsConversations, turn, turn.Input, setting);
        var credential = new UpstreamCredential(
            "pool",
            ImmutableDictionary<string, string>.Empty,
            ImmutableDictionary<string, string>.Empty
        );
        var call = new UpstreamCall(new Target("pool", "model"), turn, turn.Input, turn.Sampling, credential, null, this);
        await using var reply = await decorated.OpenAsync(call, TestDeadline.Token);
        Asked = await script.Opened;
        var log = new ResponseLog();
        while (await reply.ReadAsync(log, TestDeadline.Token)) { }

        Assert.Empty(log.OpenMessages());
        return (log.ToItems(), reply.FinishReason, reply.IsWhole);
    }

    Task<string?> IFurtherCalls.AskAsync(IUpstream upstream, UpstreamCall call, CancellationToken cancellationToken)
    {
        Further.Add(call);
        return Task.FromResult(SecondAnswer);
    }
}
