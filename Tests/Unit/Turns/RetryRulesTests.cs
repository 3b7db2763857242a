using FlowGpt.Grains.Turns;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Upstreams;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Turns;

public sealed class RetryRulesTests
{
    private static UpstreamFailure Failure(FailureClass failureClass, FailureReason reason) =>
        new(failureClass, reason, null, null, "our words");

    [Property]
    public void MayRetry_AnyFailure_OnlyBeforeTextWithinAttemptsAndNeverTheCallersOwn(bool textServed, byte attempts, bool callers)
    {
        var failure = Failure(callers ? FailureClass.Caller : FailureClass.Upstream, FailureReason.ServerError);

        Assert.Equal(!textServed && !callers && attempts < 3, RetryRules.MayRetry(failure, textServed, attempts, 3));
    }

    [Theory]
    [InlineData(FailureClass.Caller, FailureReason.BadRequest, TurnErrorKind.InvalidRequest)]
    [InlineData(FailureClass.Credential, FailureReason.RateLimited, TurnErrorKind.NoAccountInTime)]
    [InlineData(FailureClass.Credential, FailureReason.Unauthorized, TurnErrorKind.NoUsableAccount)]
    [InlineData(FailureClass.Credential, FailureReason.Forbidden, TurnErrorKind.NoUsableAccount)]
    [InlineData(FailureClass.Upstream, FailureReason.ServerError, TurnErrorKind.UpstreamFailed)]
    [InlineData(FailureClass.Upstream, FailureReason.Challenge, TurnErrorKind.UpstreamFailed)]
    [InlineData(FailureClass.Upstream, FailureReason.EmptyReply, TurnErrorKind.UpstreamFailed)]
    [InlineData(FailureClass.Upstream, FailureReason.ConnectTimeout, TurnErrorKind.UpstreamTimeout)]
    [InlineData(FailureClass.Upstream, FailureReason.FirstByteTimeout, TurnErrorKind.UpstreamTimeout)]
    [InlineData(FailureClass.Upstream, FailureReason.IdleTimeout, TurnErrorKind.UpstreamTimeout)]
    [InlineData(FailureClass.Upstream, FailureReason.TotalTimeout, TurnErrorKind.UpstreamTimeout)]
    public void ToError_Failure_HasItsKind(FailureClass failureClass, FailureReason reason, TurnErrorKind kind) =>
        Assert.Equal(kind, RetryRules.ToError(Failure(failureClass, reason)).Kind);

    [Theory]
    [InlineData(RejectReason.NoAccountInTime, TurnErrorKind.NoAccountInTime)]
    [InlineData(RejectReason.QueueFull, TurnErrorKind.NoAccountInTime)]
    [InlineData(RejectReason.NoUsableAccount, TurnErrorKind.NoUsableAccount)]
    [InlineData(RejectReason.LargerThanAnyLimit, TurnErrorKind.InvalidRequest)]
    [InlineData(RejectReason.BreakerOpen, TurnErrorKind.NoUsableAccount)]
    [InlineData(RejectReason.UnknownTicket, TurnErrorKind.Interrupted)]
    public void ToError_Rejection_HasItsKind(RejectReason reason, TurnErrorKind kind) =>
        Assert.Equal(kind, RetryRules.ToError(new AcquireResult.Rejected(reason, TimeSpan.FromSeconds(7))).Kind);

    [Fact]
    public void ToError_RateLimit_TellsWhenToComeBack()
    {
        var error = RetryRules.ToError(new AcquireResult.Rejected(RejectReason.NoAccountInTime, TimeSpan.FromSeconds(7)));

        Assert.Equal(TimeSpan.FromSeconds(7), error.RetryAfter);
    }
}
