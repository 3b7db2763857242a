using System.Collections.Immutable;
using FlowGpt.Grains.Blame;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Turns;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Turns;

public sealed class RetryRulesTests
{
    private static UpstreamFailure Failure(FailureReason reason) => new(default, reason, null, null, "our words");

    [Property]
    public void MayRetry_AnyFailures_TwoServiceFailuresEnd_AndNothingGoesOnForEver(FailureReason[] reasons)
    {
        var tried = TriedAccounts.None;
        var account = 0;
        foreach (var reason in reasons)
        {
            tried = tried.Add(Lease($"a{account++}"), Failure(reason));
        }

        var may = RetryRules.MayRetry(tried, maxAttempts: 3);

        Assert.False(may && reasons.Count(static reason => Faults.Of(reason) == Fault.Service) >= 2);
        Assert.False(may && reasons.Length >= 10);
        Assert.False(may && tried.ServiceFailures + tried.Others >= 3 && tried.Refusals.Length != 1);
    }

    [Fact]
    public void MayRetry_Refused_AlwaysGetsASecondOpinion()
    {
        var tried = TriedAccounts.None.Add(Lease("a"), Failure(FailureReason.Refused));

        Assert.True(RetryRules.MayRetry(tried, maxAttempts: 1));
    }

    [Theory]
    [InlineData(FailureReason.Refused, true)]
    [InlineData(FailureReason.RateLimited, false)]
    public void Read_Continued_RefusalMeansTheConversationIsGone(FailureReason reason, bool gone) =>
        Assert.Equal(gone, RetryRules.Read(Failure(reason), isContinued: true).Reason == FailureReason.Gone);

    [Fact]
    public void Read_NotContinued_GoneIsARefusal() =>
        Assert.Equal(FailureReason.Refused, RetryRules.Read(Failure(FailureReason.Gone), isContinued: false).Reason);

    [Theory]
    [InlineData(FailureReason.InvalidParameter, TurnErrorKind.RefusedByUpstream)]
    [InlineData(FailureReason.ContextTooLong, TurnErrorKind.ContextLengthExceeded)]
    [InlineData(FailureReason.RateLimited, TurnErrorKind.NoAccountInTime)]
    [InlineData(FailureReason.Unauthorized, TurnErrorKind.NoUsableAccount)]
    [InlineData(FailureReason.QuotaExceeded, TurnErrorKind.NoUsableAccount)]
    [InlineData(FailureReason.Refused, TurnErrorKind.NoUsableAccount)]
    [InlineData(FailureReason.ServerError, TurnErrorKind.UpstreamFailed)]
    [InlineData(FailureReason.Overloaded, TurnErrorKind.Overloaded)]
    [InlineData(FailureReason.Challenge, TurnErrorKind.UpstreamFailed)]
    [InlineData(FailureReason.EmptyReply, TurnErrorKind.UpstreamFailed)]
    [InlineData(FailureReason.ConnectTimeout, TurnErrorKind.UpstreamTimeout)]
    [InlineData(FailureReason.FirstByteTimeout, TurnErrorKind.UpstreamTimeout)]
    [InlineData(FailureReason.IdleTimeout, TurnErrorKind.UpstreamTimeout)]
    [InlineData(FailureReason.TotalTimeout, TurnErrorKind.UpstreamTimeout)]
    public void ToError_Failure_HasItsKind(FailureReason reason, TurnErrorKind kind) =>
        Assert.Equal(kind, RetryRules.ToError(Failure(reason)).Kind);

    [Fact]
    public void ToError_FieldIsNamed_IsAnInvalidRequestThatNamesTheField()
    {
        var error = RetryRules.ToError(Failure(FailureReason.InvalidParameter) with { Param = "tools" });

        Assert.Equal((TurnErrorKind.InvalidRequest, "tools"), (error.Kind, error.Param));
    }

    [Theory]
    [InlineData(RejectReason.NoAccountInTime, TurnErrorKind.NoAccountInTime)]
    [InlineData(RejectReason.QueueFull, TurnErrorKind.NoAccountInTime)]
    [InlineData(RejectReason.NoUsableAccount, TurnErrorKind.NoUsableAccount)]
    [InlineData(RejectReason.LargerThanAnyLimit, TurnErrorKind.InvalidRequest)]
    [InlineData(RejectReason.BreakerOpen, TurnErrorKind.NoUsableAccount)]
    [InlineData(RejectReason.Convicted, TurnErrorKind.RefusedByUpstream)]
    [InlineData(RejectReason.NobodyToBlame, TurnErrorKind.NoUsableAccount)]
    [InlineData(RejectReason.TooManyConvictions, TurnErrorKind.TooManyRefused)]
    [InlineData(RejectReason.UnknownTicket, TurnErrorKind.Interrupted)]
    public void ToError_Rejection_HasItsKind(RejectReason reason, TurnErrorKind kind) =>
        Assert.Equal(kind, RetryRules.ToError(new AcquireResult.Rejected(reason, TimeSpan.FromSeconds(7))).Kind);

    [Fact]
    public void ToError_RateLimit_TellsWhenToComeBack()
    {
        var error = RetryRules.ToError(new AcquireResult.Rejected(RejectReason.NoAccountInTime, TimeSpan.FromSeconds(7)));

        Assert.Equal(TimeSpan.FromSeconds(7), error.RetryAfter);
    }

    private static Lease Lease(string account) =>
        new(
            Guid.Empty,
            account,
            new UpstreamCredential("pool", ImmutableDictionary<string, string>.Empty, ImmutableDictionary<string, string>.Empty),
            TimeSpan.FromSeconds(30),
            null
        );
}
