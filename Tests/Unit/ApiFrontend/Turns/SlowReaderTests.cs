using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Turns;
using FlowGpt.Grains.Interfaces.Digests;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FlowGpt.Tests.Unit.ApiFrontend.Turns;

/// <summary>The limit on silence is the upstream's: a client that takes its reply slowly has a limit of its own.</summary>
public sealed class SlowReaderTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Next_AfterTheClientTookLongerThanTheTimeout_GoesOn()
    {
        await using var host = await FrontendHost.StartAsync(time: _time);
        host.Grains.OnConversation = static (conversation, _) => conversation.Says("one").Says(" two").Completes(" three");
        var follower = await BeginAsync(host);
        Assert.Null((await follower.NextAsync(TimeSpan.FromSeconds(1), mayRestart: false)).Error);

        for (var i = 0; i < 2; i++)
        {
            _time.Advance(Timeout * 6);
            var step = await follower.NextAsync(TimeSpan.FromSeconds(1), mayRestart: false);
            Assert.Null(step.Error);
            Assert.Equal(i == 0 ? " two" : " three", step.Slice!.Events.Text());
        }
    }

    [Fact]
    public async Task Next_TheUpstreamIsSilent_EndsHoweverSlowTheClientWasBefore()
    {
        await using var host = await FrontendHost.StartAsync(time: _time);
        ScriptedConversation conversation = null!;
        host.Grains.OnConversation = (created, _) => conversation = created.Says("one");
        var follower = await BeginAsync(host);
        await follower.NextAsync(TimeSpan.FromSeconds(1), mayRestart: false);
        _time.Advance(Timeout * 6);

        ApiError? error = null;
        var waited = TimeSpan.Zero;
        while (error is null && waited < Timeout * 6)
        {
            var next = follower.NextAsync(TimeSpan.FromSeconds(1), mayRestart: false).AsTask();
            if (!next.IsCompleted)
            {
                var wait = await Soon.Happens(conversation.Waits.ReadAsync().AsTask(), "the follower reads");
                waited += wait;
                _time.Advance(wait);
            }

            error = (await Soon.Happens(next, "the read ends")).Error;
        }

        Assert.Equal(GatewayErrors.TimedOut, error);
        Assert.InRange(waited, Timeout, Timeout + TimeSpan.FromSeconds(6));
    }

    [Fact]
    public async Task Keep_TellsTheTurnThatItsReaderIsThere()
    {
        await using var host = await FrontendHost.StartAsync(time: _time);
        ScriptedConversation conversation = null!;
        host.Grains.OnConversation = (created, _) => conversation = created.Says("one");
        var follower = await BeginAsync(host);

        follower.Keep();

        Assert.Equal(follower.ResponseId, await Soon.Happens(conversation.Kept.ReadAsync().AsTask(), "the turn is told"));
    }

    private static async Task<TurnFollower> BeginAsync(FrontendHost host)
    {
        var follower = host
            .Services.GetRequiredService<TurnGateway>()
            .Open(
                new TurnPlan
                {
                    ClientKeyId = "k",
                    Route = "gpt-4-free",
                    Content = new() { Input = [] },
                    Fingerprint = new Digest(0, 1),
                    Timeout = Timeout,
                    ResponseIdPrefix = "chatcmpl-",
                },
                TestContext.Current.CancellationToken
            );
        Assert.Null(await follower.StartAsync());
        return follower;
    }
}
