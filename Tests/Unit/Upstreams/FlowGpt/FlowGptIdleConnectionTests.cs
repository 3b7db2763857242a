using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams;

namespace FlowGpt.Tests.Unit.Upstreams.FlowGpt;

/// <summary>An idle connection that dies makes no request fail and uses nothing of the account's limits.</summary>
public sealed class FlowGptIdleConnectionTests : FlowGptUpstreamTestBase
{
    private readonly RecordedEvents _events = new();

    [Fact]
    public async Task Open_IdleConnectionIsDead_IsSentOnceMoreOnANewOne()
    {
        await ServeAsync();
        Time.Advance(TimeSpan.FromSeconds(20));
        Abort(times: 1);

        await ServeAsync();

        Assert.Equal(5, Backend.Requests.Count);
    }

    [Fact]
    public async Task Open_NewConnectionDiesToo_FailsAndIsNotSentAThirdTime()
    {
        await ServeAsync();
        Time.Advance(TimeSpan.FromSeconds(20));
        Abort(times: 2);

        var exception = await Assert.ThrowsAsync<UpstreamException>(() => Upstream.OpenAsync(Call(), Deadline));

        Assert.Equal(FailureReason.ConnectionFailed, exception.Failure.Reason);
        Assert.Equal(4, Backend.Requests.Count);
    }

    [Fact]
    public async Task Open_ConnectionInUseDies_IsNotSentAgain()
    {
        await ServeAsync();
        Abort(times: 1);

        var exception = await Assert.ThrowsAsync<UpstreamException>(() => Upstream.OpenAsync(Call(), Deadline));

        Assert.Equal(FailureReason.ConnectionFailed, exception.Failure.Reason);
        Assert.Equal(3, Backend.Requests.Count);
    }

    private async Task ServeAsync()
    {
        await using var reply = await Upstream.OpenAsync(Call(), Deadline);
        while (await reply.ReadAsync(_events, Deadline)) { }
    }

    private void Abort(int times)
    {
        var answer = Backend.Create;
        var aborted = 0;
        Backend.Create = context =>
        {
            if (aborted++ >= times)
            {
                return answer(context);
            }

            context.Abort();
            return Task.CompletedTask;
        };
    }
}
