using System.Text;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Turns;
using FlowGpt.Grains.Upstreams.Anthropic;
using FlowGpt.Grains.Upstreams.Http;
using FlowGpt.Grains.Upstreams.OpenAi;

namespace FlowGpt.Tests.Unit.Upstreams.Http;

/// <summary>The forms of servers' errors about a request.</summary>
public sealed class ServerErrorTests
{
    /// <summary>Body, and the message and field that are read.</summary>
    public static TheoryData<string, string, string?> Forms { get; } =
        new()
        {
            { """{"object":"error","message":"bad n","type":"BadRequestError","param":null,"code":400}""", "bad n", null },
            { """{"error":{"message":"bad n","type":"BadRequestError","param":"n","code":400}}""", "bad n", "n" },
            { """{"error":"bad n"}""", "bad n", null },
            { """{"detail":"bad n"}""", "bad n", null },
            {
                """{"detail":[{"type":"missing","loc":["body","messages",0,"role"],"msg":"Field required","input":{}}]}""",
                "messages.0.role: Field required",
                "messages"
            },
            { """{"detail":[{"msg":"one"},{"msg":"two"}]}""", "one; two", null },
            { """{"message":"bad n"}""", "bad n", null },
            { """{"message":"bad n","param":"n","type":"x"}""", "bad n", "n" },
            {
                """{"object":"error","message":{"detail":[{"loc":["body","n"],"msg":"Extra inputs are not permitted"}]},"code":null}""",
                "n: Extra inputs are not permitted",
                null
            },
            { """[{"error":{"code":400,"message":"bad n","status":"INVALID_ARGUMENT"}}]""", "bad n", null },
        };

    [Theory]
    [MemberData(nameof(Forms))]
    public void FromStatus_ARefusedRequestInAnyForm_StaysTheClientsWithTheServersWords(string body, string words, string? param)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        foreach (var status in (int[])[400, 422])
        {
            UpstreamFailure[] failures =
            [
                OpenAiFailures.FromStatus(status, ServerError.Read(bytes), null),
                AnthropicFailures.FromStatus(status, AnthropicError.Read(bytes), null),
            ];
            foreach (var failure in failures)
            {
                Assert.Equal(
                    (failure.Param is null ? FailureReason.BadRequest : FailureReason.InvalidParameter, status),
                    (failure.Reason, failure.StatusCode)
                );
                Assert.Equal($"The upstream refused the request: {words}", failure.Message);
                Assert.Equal(
                    (TurnErrorKind.InvalidRequest, failure.Message),
                    (RetryRules.ToError(failure).Kind, RetryRules.ToError(failure).Message)
                );
            }

            Assert.Equal(param, failures[0].Param);
        }
    }

    [Theory]
    [InlineData(401, FailureReason.Unauthorized)]
    [InlineData(403, FailureReason.Refused)]
    [InlineData(429, FailureReason.RateLimited)]
    [InlineData(500, FailureReason.ServerError)]
    public void FromStatus_OtherStatuses_HaveTheirOwnMeaningAndNoneOfTheServersWords(int status, FailureReason reason)
    {
        var failure = OpenAiFailures.FromStatus(status, ServerError.Read("""{"message":"some words"}"""u8.ToArray()), null);

        Assert.Equal((reason, status), (failure.Reason, failure.StatusCode));
        Assert.DoesNotContain("some words", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("<html>")]
    [InlineData("""{"detail":{}}""")]
    [InlineData("""{"error":7}""")]
    [InlineData("7")]
    public void FromStatus_ABodyThatTellsNothing_IsRefusedWithoutBlame(string body) =>
        Assert.Equal(FailureReason.Refused, OpenAiFailures.FromStatus(400, ServerError.Read(Encoding.UTF8.GetBytes(body)), null).Reason);

    [Theory]
    [InlineData("key sk-abc123 is wrong", "key … is wrong")]
    [InlineData("Authorization: Bearer abc.def", "Authorization: …")]
    [InlineData("token eyJhbGciOi.x.y", "token …")]
    [InlineData("id 0123456789abcdef0123456789abcdef here", "id … here")]
    [InlineData("see https://host.test/x?key=1 now", "see … now")]
    [InlineData("two\nlines\u0007", "two lines")]
    [InlineData("max_completion_tokens must be at most 4096", "max_completion_tokens must be at most 4096")]
    public void Words_WithWhatMayBeASecret_AreShownWithoutIt(string words, string shown) => Assert.Equal(shown, ServerWords.Of(words));

    [Fact]
    public void Words_Long_AreCutAtAWholeCharacter()
    {
        Assert.Equal(301, ServerWords.Of(string.Concat(Enumerable.Repeat("ab ", 500))).Length);
        Assert.Equal(
            "a" + string.Concat(Enumerable.Repeat("😀", 149)) + "…",
            ServerWords.Of("a" + string.Concat(Enumerable.Repeat("😀", 400)))
        );
    }
}
