using System.Net;
using System.Text;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;

namespace FlowGpt.Tests.Unit.ApiFrontend.Dialects;

/// <summary>Every row of the error table, streamed and not: until there is text, a failure has its own HTTP status.</summary>
public sealed class ErrorTests
{
    private const string Body = """{"model":"gpt-4-free","messages":[{"role":"user","content":"hi"}]}""";
    private const string StreamBody = """{"model":"gpt-4-free","stream":true,"messages":[{"role":"user","content":"hi"}]}""";

    public static TheoryData<TurnErrorKind, int, string, string, string?> Table { get; } =
        new()
        {
            { TurnErrorKind.InvalidRequest, 400, "invalid_request_error", "invalid_value", null },
            { TurnErrorKind.ContextLengthExceeded, 400, "invalid_request_error", "context_length_exceeded", "messages" },
            { TurnErrorKind.ConversationLocked, 400, "invalid_request_error", "conversation_locked", "conversation" },
            { TurnErrorKind.IdempotencyConflict, 409, "invalid_request_error", "idempotency_conflict", "Idempotency-Key" },
            { TurnErrorKind.RefusedByUpstream, 400, "invalid_request_error", "refused_by_upstream", null },
            { TurnErrorKind.TooManyRefused, 429, "requests", "rate_limit_exceeded", null },
            { TurnErrorKind.NotSupportedByModel, 400, "invalid_request_error", "unsupported_parameter", null },
            { TurnErrorKind.ModelNotFound, 404, "invalid_request_error", "model_not_found", null },
            { TurnErrorKind.NoAccountInTime, 429, "requests", "rate_limit_exceeded", null },
            { TurnErrorKind.NoUsableAccount, 503, "server_error", "service_unavailable", null },
            { TurnErrorKind.Overloaded, 503, "server_error", "overloaded", null },
            { TurnErrorKind.UpstreamFailed, 502, "server_error", "upstream_error", null },
            { TurnErrorKind.UpstreamTimeout, 504, "server_error", "upstream_timeout", null },
            { TurnErrorKind.Internal, 500, "server_error", "internal_error", null },
        };

    [Theory]
    [MemberData(nameof(Table))]
    public async Task Start_Refused_HasItsStatus(TurnErrorKind kind, int status, string type, string code, string? param)
    {
        await using var host = await FrontendHost.StartAsync();
        host.Grains.OnConversation = (conversation, _) =>
            conversation.OnStart = _ => new StartResult.Refused(new TurnError(kind, "What happened."));

        using var response = await host.PostChatAsync(Body);

        await AssertErrorAsync(response, status, type, code, param);
    }

    [Theory]
    [MemberData(nameof(Table))]
    public async Task Run_FailedBeforeText_HasItsStatusStreamedAndNot(
        TurnErrorKind kind,
        int status,
        string type,
        string code,
        string? param
    )
    {
        await using var host = await FrontendHost.StartAsync();
        host.Grains.OnConversation = (conversation, _) => conversation.Fails(kind);

        using var plain = await host.PostChatAsync(Body);
        using var streamed = await host.PostChatAsync(StreamBody);

        await AssertErrorAsync(plain, status, type, code, param);
        await AssertErrorAsync(streamed, status, type, code, param);
    }

    [Fact]
    public async Task Run_FailedAfterTextButUnsent_HasItsStatus()
    {
        await using var host = await FrontendHost.StartAsync();
        host.Grains.OnConversation = (conversation, n) =>
            _ =
                n == 0
                    ? conversation.Says("half").Fails(TurnErrorKind.UpstreamFailed)
                    : conversation.Fails(TurnErrorKind.UpstreamFailed, "half");

        using var plain = await host.PostChatAsync(Body);
        using var streamed = await host.PostChatAsync(StreamBody);

        Assert.Equal(HttpStatusCode.BadGateway, plain.StatusCode);
        Assert.Equal(HttpStatusCode.BadGateway, streamed.StatusCode);
    }

    [Theory]
    [InlineData(TurnErrorKind.NoAccountInTime, 1.2, "2", "1200", "true")]
    [InlineData(TurnErrorKind.NoAccountInTime, 0.0001, "1", "1", "true")]
    [InlineData(TurnErrorKind.NoAccountInTime, 61.5, "60", "60000", "true")]
    [InlineData(TurnErrorKind.NoUsableAccount, 3600.0, "60", "60000", "false")]
    [InlineData(TurnErrorKind.NoUsableAccount, 61.0, "60", "60000", "true")]
    [InlineData(TurnErrorKind.NoAccountInTime, 86400.0, "60", "60000", "false")]
    [InlineData(TurnErrorKind.NoAccountInTime, null, null, null, "true")]
    [InlineData(TurnErrorKind.NoUsableAccount, 30.0, "30", "30000", "true")]
    [InlineData(TurnErrorKind.NoUsableAccount, null, "60", "60000", "false")]
    [InlineData(TurnErrorKind.IdempotencyConflict, null, null, null, "false")]
    [InlineData(TurnErrorKind.UpstreamFailed, null, null, null, "true")]
    [InlineData(TurnErrorKind.UpstreamTimeout, null, null, null, null)]
    [InlineData(TurnErrorKind.InvalidRequest, null, null, null, null)]
    public async Task Error_WithRetryAdvice_SetsTheHeadersSdksRead(
        TurnErrorKind kind,
        double? seconds,
        string? retryAfter,
        string? retryAfterMs,
        string? shouldRetry
    )
    {
        await using var host = await FrontendHost.StartAsync();
        var wait = seconds is { } s ? TimeSpan.FromSeconds(s) : (TimeSpan?)null;
        host.Grains.OnConversation = (conversation, _) => conversation.Fails(kind, retryAfter: wait);

        using var response = await host.PostChatAsync(Body);

        Assert.Equal(retryAfter, Header(response, "retry-after"));
        Assert.Equal(retryAfterMs, Header(response, "retry-after-ms"));
        Assert.Equal(shouldRetry, Header(response, "x-should-retry"));
    }

    [Fact]
    public async Task Post_UnknownModel_Is404AndStartsNothing()
    {
        await using var host = await FrontendHost.StartAsync();

        using var response = await host.PostChatAsync("""{"model":"nope","messages":[{"role":"user","content":"hi"}]}""");

        await AssertErrorAsync(response, 404, "invalid_request_error", "model_not_found", "model");
        Assert.Empty(host.Grains.Conversations);
    }

    [Fact]
    public async Task Post_BadField_Is400WithItsPlaceAndStartsNothing()
    {
        await using var host = await FrontendHost.StartAsync();

        using var response = await host.PostChatAsync(
            """{"model":"gpt-4-free","messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url"}]}]}"""
        );

        await AssertErrorAsync(
            response,
            400,
            "invalid_request_error",
            "missing_required_parameter",
            "messages[0].content[1].image_url.url"
        );
        Assert.Empty(host.Grains.Conversations);
    }

    [Fact]
    public async Task Post_StrictAndUnknownField_Is400()
    {
        await using var host = await FrontendHost.StartAsync(options => options.RejectUnknownParameters = true);

        using var response = await host.PostChatAsync(Body.Insert(1, "\"vendor\":1,"));

        await AssertErrorAsync(response, 400, "invalid_request_error", "unknown_parameter", "vendor");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Post_BodyOverTheLimit_Is413(bool chunked)
    {
        await using var host = await FrontendHost.StartAsync(options => options.MaxRequestBodyBytes = 1024);

        using var response = await host.PostChatAsync(
            Body + new string(' ', 4096),
            request =>
            {
                request.Headers.TransferEncodingChunked = chunked;
                request.Headers.ExpectContinue = false;
            }
        );

        await AssertErrorAsync(response, 413, "invalid_request_error", "request_too_large", null);
    }

    [Fact]
    public async Task Post_BodyOfExactlyTheLimit_IsRead()
    {
        await using var host = await FrontendHost.StartAsync(options => options.MaxRequestBodyBytes = 2048);
        host.Grains.OnConversation = (conversation, _) => conversation.Completes("ok");

        using var response = await host.PostChatAsync(Body.PadRight(2048));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded", 415)]
    [InlineData("text/plain", 415)]
    [InlineData("application/json", 200)]
    [InlineData("application/json; charset=utf-8", 200)]
    [InlineData("application/vnd.api+json", 200)]
    [InlineData(null, 200)]
    public async Task Post_ContentType_IsJsonOrMissing(string? contentType, int status)
    {
        await using var host = await FrontendHost.StartAsync();
        host.Grains.OnConversation = (conversation, _) => conversation.Completes("ok");

        using var response = await host.PostChatAsync(
            Body,
            request =>
            {
                request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Body));
                request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
            }
        );

        Assert.Equal(status, (int)response.StatusCode);
        if (status == 415)
        {
            await AssertErrorAsync(response, 415, "invalid_request_error", "unsupported_content_type", null);
        }
    }

    [Fact]
    public async Task Post_GrainBreaks_Is500WithoutDetails()
    {
        await using var host = await FrontendHost.StartAsync();
        host.Grains.OnConversation = (conversation, _) => conversation.Throws(new InvalidOperationException("secret detail"));

        using var response = await host.PostChatAsync(Body);
        var text = await response.Content.ReadAsStringAsync();

        await AssertErrorAsync(response, 500, "server_error", "internal_error", null);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        Assert.Contains(host.Logs.Lines, line => line.EventId == 1001);
    }

    private static async Task AssertErrorAsync(HttpResponseMessage response, int status, string type, string code, string? param)
    {
        var error = await ErrorBody.ReadAsync(response);
        Assert.Equal((status, type, code, param), ((int)response.StatusCode, error.Type, error.Code, error.Param));
        Assert.NotEmpty(error.Message);
        Assert.NotNull(Header(response, "x-request-id"));
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.Single() : null;
}
