using System.Text;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams.Http;
using FlowGpt.Grains.Upstreams.OpenAi;

namespace FlowGpt.Tests.Unit.Upstreams.OpenAi;

public sealed class OpenAiFailuresTests
{
    [Theory]
    [InlineData(401, "{}", FailureClass.Credential, FailureReason.Unauthorized)]
    [InlineData(402, "", FailureClass.Credential, FailureReason.QuotaExceeded)]
    [InlineData(
        429,
        """{"error":{"type":"insufficient_quota","code":"insufficient_quota"}}""",
        FailureClass.Credential,
        FailureReason.QuotaExceeded
    )]
    [InlineData(
        429,
        """{"error":{"type":"tokens","code":"rate_limit_exceeded","message":"Rate limit reached"}}""",
        FailureClass.Credential,
        FailureReason.RateLimited
    )]
    [InlineData(
        429,
        """{"error":{"type":"tokens","code":"rate_limit_exceeded","message":"Request too large for m"}}""",
        FailureClass.Caller,
        FailureReason.RequestTooLarge
    )]
    [InlineData(429, "not JSON", FailureClass.Credential, FailureReason.RateLimited)]
    [InlineData(
        400,
        """{"error":{"type":"invalid_request_error","code":"context_length_exceeded","param":"messages"}}""",
        FailureClass.Caller,
        FailureReason.ContextTooLong
    )]
    [InlineData(
        400,
        """{"object":"error","message":"This model's maximum context length is 4096 tokens.","code":400}""",
        FailureClass.Caller,
        FailureReason.ContextTooLong
    )]
    [InlineData(
        400,
        """{"error":{"type":"invalid_request_error","param":"tools[0].function.parameters"}}""",
        FailureClass.Caller,
        FailureReason.InvalidParameter
    )]
    [InlineData(400, """{"error":{"type":"invalid_request_error","param":null}}""", FailureClass.Caller, FailureReason.Refused)]
    [InlineData(
        400,
        """{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}""",
        FailureClass.Credential,
        FailureReason.Unauthorized
    )]
    [InlineData(
        404,
        """{"error":{"type":"invalid_request_error","code":"model_not_found","param":null}}""",
        FailureClass.Caller,
        FailureReason.ModelMissing
    )]
    [InlineData(
        400,
        """{"error":{"message":"The response was filtered","type":null,"param":"prompt","code":"content_filter","status":400}}""",
        FailureClass.Caller,
        FailureReason.InvalidParameter
    )]
    [InlineData(
        400,
        """{"error":{"code":"data_inspection_failed","param":null,"message":"Input data may contain it.","type":"data_inspection_failed"}}""",
        FailureClass.Caller,
        FailureReason.InvalidParameter
    )]
    [InlineData(404, "", FailureClass.Caller, FailureReason.Refused)]
    [InlineData(403, """{"error":{"type":"permission_error"}}""", FailureClass.Caller, FailureReason.Refused)]
    [InlineData(409, "[]", FailureClass.Caller, FailureReason.Refused)]
    [InlineData(422, """{"detail":[{"msg":"x"}]}""", FailureClass.Caller, FailureReason.BadRequest)]
    [InlineData(
        400,
        """{"error":{"type":"invalid_request_error","param":null,"message":"Invalid max_tokens value, the valid range is [1, 8192]"}}""",
        FailureClass.Caller,
        FailureReason.InvalidParameter
    )]
    [InlineData(451, "null", FailureClass.Caller, FailureReason.Refused)]
    [InlineData(413, "", FailureClass.Caller, FailureReason.BadRequest)]
    [InlineData(408, "", FailureClass.Upstream, FailureReason.FirstByteTimeout)]
    [InlineData(500, "", FailureClass.Upstream, FailureReason.ServerError)]
    [InlineData(503, "", FailureClass.Upstream, FailureReason.Overloaded)]
    [InlineData(529, "", FailureClass.Upstream, FailureReason.Overloaded)]
    [InlineData(307, "", FailureClass.Upstream, FailureReason.InvalidBody)]
    public void FromStatus_EachAnswer_IsRead(int status, string body, FailureClass @class, FailureReason reason)
    {
        var failure = OpenAiFailures.FromStatus(status, ServerError.Read(Encoding.UTF8.GetBytes(body)), TimeSpan.FromSeconds(3));

        Assert.Equal((@class, reason, status), (failure.Class, failure.Reason, failure.StatusCode));
        Assert.Equal(@class == FailureClass.Caller && reason != FailureReason.Refused ? null : TimeSpan.FromSeconds(3), failure.RetryAfter);
    }

    [Fact]
    public void FromStatus_FieldNamed_TellsTheFieldWithoutTheUpstreamsIndex()
    {
        var error = ServerError.Read(
            """{"error":{"type":"invalid_request_error","param":"messages[0].content","message":"secret"}}"""u8.ToArray()
        );

        var failure = OpenAiFailures.FromStatus(400, error, null);

        Assert.Equal("messages", failure.Param);
        Assert.Contains("messages[0].content", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ParamThatIsNoField_IsNotPassedOn()
    {
        Assert.Null(ServerError.Read("""{"error":{"type":"invalid_request_error","param":"<script>"}}"""u8.ToArray()).Param);
    }
}
