using System.Text;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams.Anthropic;

namespace FlowGpt.Tests.Unit.Upstreams.Anthropic;

/// <summary>What failed answers mean.</summary>
public sealed class AnthropicFailuresTests
{
    [Theory]
    [InlineData(
        400,
        "invalid_request_error",
        "messages.0.content: secret",
        FailureClass.Caller,
        FailureReason.InvalidParameter,
        "messages"
    )]
    [InlineData(400, "invalid_request_error", "Something secret", FailureClass.Caller, FailureReason.Refused, null)]
    [InlineData(400, "invalid_request_error", "prompt is too long: 9 secret > 8", FailureClass.Caller, FailureReason.ContextTooLong, null)]
    [InlineData(400, "invalid_request_error", "Your credit balance is too low", FailureClass.Credential, FailureReason.QuotaExceeded, null)]
    [InlineData(401, "authentication_error", "secret", FailureClass.Credential, FailureReason.Unauthorized, null)]
    [InlineData(402, "billing_error", "secret", FailureClass.Credential, FailureReason.QuotaExceeded, null)]
    [InlineData(403, "permission_error", "secret", FailureClass.Caller, FailureReason.Refused, null)]
    [InlineData(404, "not_found_error", "model: secret", FailureClass.Caller, FailureReason.ModelMissing, "model")]
    [InlineData(429, "rate_limit_error", "secret", FailureClass.Credential, FailureReason.RateLimited, null)]
    [InlineData(500, "api_error", "secret", FailureClass.Upstream, FailureReason.ServerError, null)]
    [InlineData(529, "overloaded_error", "secret", FailureClass.Upstream, FailureReason.Overloaded, null)]
    public void FromStatus_Answer_HasItsMeaning(
        int status,
        string type,
        string message,
        FailureClass @class,
        FailureReason reason,
        string? param
    )
    {
        var body = $$$"""{"type":"error","error":{"type":"{{{type}}}","message":"{{{message}}}"},"request_id":"r"}""";

        var failure = AnthropicFailures.FromStatus(status, AnthropicError.Read(Encoding.UTF8.GetBytes(body)), TimeSpan.FromSeconds(3));

        Assert.Equal((@class, reason, param, status), (failure.Class, failure.Reason, failure.Param, failure.StatusCode));
        Assert.Equal(TimeSpan.FromSeconds(3), failure.RetryAfter);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromStatus_TooLarge_IsProvisional()
    {
        var body = """{"type":"error","error":{"type":"request_too_large","message":"secret"},"request_id":"r"}"""u8;

        var failure = AnthropicFailures.FromStatus(413, AnthropicError.Read(body.ToArray()), TimeSpan.FromSeconds(3));

        Assert.Equal((FailureReason.BadRequest, 413), (failure.Reason, failure.StatusCode));
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("<html>")]
    public void Read_OtherBody_TellsNothing(string body) =>
        Assert.Equal(AnthropicError.None, AnthropicError.Read(Encoding.UTF8.GetBytes(body)));
}
