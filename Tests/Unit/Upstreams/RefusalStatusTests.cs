using System.Net;
using FlowGpt.Grains.Blame;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams;
using FlowGpt.Grains.Upstreams.Anthropic;
using FlowGpt.Grains.Upstreams.Http;
using FlowGpt.Grains.Upstreams.OpenAi;

namespace FlowGpt.Tests.Unit.Upstreams;

/// <summary>A status alone never blames a request: an account may answer it to everything.</summary>
public sealed class RefusalStatusTests
{
    public static TheoryData<string, Func<int, UpstreamFailure>> Readers =>
        new()
        {
            { "openai", static status => OpenAiFailures.FromStatus(status, ServerError.None, null) },
            { "anthropic", static status => AnthropicFailures.FromStatus(status, AnthropicError.None, null) },
            { "flowgpt", static status => UpstreamFailures.FromStatus((HttpStatusCode)status, isChallenge: false, isHtml: false, null) },
            { "web page", static status => UpstreamFailures.FromStatus((HttpStatusCode)status, isChallenge: false, isHtml: true, null) },
        };

    [Theory]
    [MemberData(nameof(Readers))]
    public void FromStatus_WithoutWords_IsNeverTheRequestsFault(string reader, Func<int, UpstreamFailure> read)
    {
        var blaming = Enumerable.Range(400, 200).Where(status => Faults.Of(read(status).Reason) is Fault.Request or Fault.Nobody);

        Assert.True(!blaming.Any(), $"{reader}: {string.Join(", ", blaming)}");
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public void FromStatus_TooLarge_IsComparedAndSaysWhatToChange(string reader, Func<int, UpstreamFailure> read)
    {
        var failure = read(413);

        Assert.True(Faults.Of(failure.Reason) == Fault.Provisional, reader);
        Assert.Equal(413, failure.StatusCode);
        Assert.Contains("shorten", failure.Message, StringComparison.Ordinal);
    }
}
