using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Models;
using FlowGpt.Grains.Upstreams;

namespace FlowGpt.Tests.Unit.Models;

/// <summary>What operators see of a provider that cannot be asked for its models.</summary>
public sealed class DiscoveryProblemTests
{
    private static readonly PoolDefinition Pool = new()
    {
        Name = "p",
        Kind = "openai",
        BaseUrl = new("https://host.test/v1"),
    };

    [Theory]
    [InlineData(FailureReason.Unauthorized, 401, "words (status 401)", "Replace the credential")]
    [InlineData(FailureReason.ConnectionFailed, null, "words", "the server runs")]
    [InlineData(FailureReason.ConnectTimeout, null, "words", "the server runs")]
    [InlineData(FailureReason.Refused, 404, "words (status 404)", "no list of models")]
    [InlineData(FailureReason.InvalidBody, 200, "words (status 200)", "not an API of this kind")]
    [InlineData(FailureReason.Refused, 403, "words (status 403)", null)]
    [InlineData(FailureReason.ServerError, 500, "words (status 500)", null)]
    public void Of_AFailure_SaysWhatWasAnsweredAndWhatToDo(FailureReason reason, int? status, string text, string? advice)
    {
        var problem = DiscoveryProblem.Of(new UpstreamFailure(FailureClass.Upstream, reason, status, null, "words"), Pool);

        Assert.Equal(text, problem.Text);
        Assert.Equal(advice is null, problem.Advice is null);
        Assert.Contains(advice ?? "", problem.Advice ?? "", StringComparison.Ordinal);
        Assert.True(problem.Advice?.Contains("https://host.test/v1", StringComparison.Ordinal) ?? advice is null);
    }
}
