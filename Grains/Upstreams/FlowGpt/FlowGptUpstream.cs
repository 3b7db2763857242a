using System.Buffers;
using System.Diagnostics.Metrics;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Upstreams.FlowGpt;

/// <summary>
/// The FlowGPT web backend. One round trip for a reply, or two when an upstream conversation is created first. It retries nothing, follows no
/// redirect, keeps no cookies and solves no challenges: every failure is classified and given to the caller. Thread-safe; one instance serves
/// all accounts and owns their connections.
/// </summary>
public sealed partial class FlowGptUpstream : IUpstream, IDisposable
{
    private readonly ClaimsCache _claims = new();
    private readonly FlowGptSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly FlowGptInstruments _instruments;
    private readonly FlowGptTransport _transport;

    /// <param name="options">Valid options (<see cref="FlowGptOptionsValidator"/>).</param>
    /// <param name="time">The clock; the system's when null.</param>
    /// <param name="logger">Null logs nothing.</param>
    /// <param name="meters">Makes the meter <c>FlowGpt.Upstream</c>; without it the meter belongs to no factory.</param>
    public FlowGptUpstream(
        IOptions<FlowGptOptions> options,
        TimeProvider? time = null,
        ILogger<FlowGptUpstream>? logger = null,
        IMeterFactory? meters = null
    )
    {
        _settings = new FlowGptSettings(options.Value);
        _time = time ?? TimeProvider.System;
        _logger = logger ?? NullLogger<FlowGptUpstream>.Instance;
        _instruments = new FlowGptInstruments(meters);
        _transport = new FlowGptTransport(_settings, _time);
    }

    /// <summary>Whether a later turn can continue an upstream conversation.</summary>
    internal bool KeepsConversations => _settings.ContextMode == ContextMode.Conversation;

    /// <inheritdoc />
    /// <remarks>
    /// <see cref="UpstreamException.MayHaveBeenSent"/> is false when creating the upstream conversation failed (the chat request comes after it), and when
    /// no connection took the chat request's body (see <see cref="JsonBodyContent.Started"/>).
    /// </remarks>
    public async Task<IUpstreamReply> OpenAsync(UpstreamCall call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var context = FlowGptMessages.Map(call.Turn.Instructions, call.Context.AsSpan());
        var claims = _claims.Of(call.Credential[FlowGptCredential.BearerToken]);
        var deadline = new ReplyDeadline(_time, _settings.TotalTimeout, cancellationToken);
        try
        {
            if (claims.IsExpired(_time.GetUtcNow()))
            {
                throw new UpstreamException(UpstreamFailures.ExpiredToken()) { MayHaveBeenSent = false };
            }

            var known = context.CanContinue ? call.ConversationId : null;
            var conversationId = _settings.ContextMode switch
            {
                ContextMode.Conversation => known ?? await CreateConversationAsync(call, context, deadline, cancellationToken),
                _ => null,
            };
            var response = await ChatAsync(call, context, claims.Id ?? "", conversationId, deadline, cancellationToken);
            return new FlowGptReply(response, deadline, _settings, _instruments, conversationId, cancellationToken);
        }
        catch (Exception failure)
        {
            deadline.Dispose();
            if (failure is UpstreamException { Failure: var upstream })
            {
                _instruments.Failed(upstream);
                Log(upstream);
            }

            throw;
        }
    }

    /// <inheritdoc />
    public void Dispose() => _transport.Dispose();

    private async Task<string> CreateConversationAsync(
        UpstreamCall call,
        FlowGptContext context,
        ReplyDeadline deadline,
        CancellationToken cancellationToken
    )
    {
        var body = new ArrayBufferWriter<byte>(1024);
        FlowGptRequestWriter.WriteCreate(body, call.Target.Model, context);
        _instruments.Requested("create");
        try
        {
            using var response = await _transport.SendAsync(
                () => FlowGptRequest.Create(_settings.CreateUri, body, call.Credential, _settings, signedAt: null),
                deadline,
                cancellationToken
            );
            var answer = await HttpBody.ReadAsync(response, FlowGptTransport.MaxSmallBody, deadline, cancellationToken);
            deadline.Pause();
            if (answer is { } page && HtmlPage.Begins(page.Span))
            {
                throw new UpstreamException(UpstreamFailures.Challenge((int)response.StatusCode));
            }

            return (answer is { } json ? ConversationCreated.ReadId(json.Span) : null)
                ?? throw new UpstreamException(UpstreamFailures.InvalidBody((int)response.StatusCode));
        }
        catch (UpstreamException failure)
        {
            throw new UpstreamException(failure.Failure, failure.InnerException) { MayHaveBeenSent = false };
        }
    }

    private async Task<HttpResponseMessage> ChatAsync(
        UpstreamCall call,
        FlowGptContext context,
        string userId,
        string? conversationId,
        ReplyDeadline deadline,
        CancellationToken cancellationToken
    )
    {
        var fields = new FlowGptChatFields(
            call.Target.Options.GetValueOrDefault(FlowGptKind.ModelOption, FlowGptKind.DefaultModel),
            call.Target.Model,
            userId,
            call.Sampling.Temperature ?? _settings.DefaultTemperature
        );
        var body = new ArrayBufferWriter<byte>(1024);
        FlowGptRequestWriter.WriteChat(body, fields, conversationId, context);
        _instruments.Requested("chat");
        var response = await _transport.SendAsync(
            () => FlowGptRequest.Create(_settings.ChatUri, body, call.Credential, _settings, _time.GetUtcNow()),
            deadline,
            cancellationToken
        );
        deadline.Pause();
        return response;
    }

    private void Log(UpstreamFailure failure)
    {
        if (failure.Reason == FailureReason.Challenge)
        {
            LogChallenge(failure.StatusCode);
        }
        else
        {
            LogFailed(failure.Reason, failure.StatusCode);
        }
    }
}
