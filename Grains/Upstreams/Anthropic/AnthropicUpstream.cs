using System.Buffers;
using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams.Http;
using Microsoft.Extensions.Logging;

namespace FlowGpt.Grains.Upstreams.Anthropic;

/// <summary>
/// A pool's server. Follows no redirect, keeps no cookies, and tries nothing twice except on an idle connection that had died: every failure is classified and given
/// to the caller. Thread-safe; owns the pool's connections.
/// </summary>
internal sealed partial class AnthropicUpstream : IUpstream, IDisposable
{
    private const string MessagesOperation = "messages";
    private const string ModelsOperation = "models";

    private readonly AnthropicPool _pool;
    private readonly CallLimits _limits;
    private readonly int _defaultMaxTokens;
    private readonly TimeProvider _time;
    private readonly ILogger<AnthropicUpstream> _logger;
    private readonly AnthropicInstruments _instruments;
    private readonly ReasoningSeal _seal;
    private readonly UpstreamTransport _transport;

    public AnthropicUpstream(
        AnthropicPool pool,
        CallLimits limits,
        int defaultMaxTokens,
        TimeProvider time,
        ILogger<AnthropicUpstream> logger,
        AnthropicInstruments instruments,
        ReasoningSeal seal
    )
    {
        _pool = pool;
        _limits = limits;
        _defaultMaxTokens = defaultMaxTokens;
        _time = time;
        _logger = logger;
        _instruments = instruments;
        _seal = seal;
        _transport = new UpstreamTransport(pool.BaseUrl, limits, time, () => instruments.Resent(pool.Name), ReadFailure);
    }

    public void Dispose() => _transport.Dispose();

    /// <inheritdoc />
    /// <exception cref="InvalidOperationException">The credential belongs to another pool; nothing was sent.</exception>
    public async Task<IUpstreamReply> OpenAsync(UpstreamCall call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _pool.RequireOwn(call.Credential);
        var body = new ArrayBufferWriter<byte>(1024);
        using var native = NativeRequest.Of(call.Turn.Extensions);
        MessagesRequestWriter.Write(body, call, native, _defaultMaxTokens, _seal);
        var betas = native.Betas;
        var deadline = new ReplyDeadline(_time, _limits.Total, cancellationToken);
        try
        {
            _instruments.Requested(_pool.Name, MessagesOperation);
            var response = await _transport.SendAsync(() => Post(body, call.Credential, betas), deadline, cancellationToken);
            deadline.Pause();
            if (HttpBody.Open(response) is { } stream)
            {
                Func<string, string>? seal = native.IsNative
                    ? null
                    : signature => _seal.Seal(signature, call.Turn.ClientKeyId, _pool.Name, call.Account);
                var reader = new MessageEventReader(call.Turn, seal, (int)response.StatusCode);
                var limits = AnthropicRateLimits.Read(response.Headers, _time.GetUtcNow());
                return new StreamedReply(response, stream, deadline, _limits, reader, limits, Report, cancellationToken);
            }

            response.Dispose();
            throw new UpstreamException(UpstreamFailures.InvalidBody((int)response.StatusCode));
        }
        catch (Exception failure)
        {
            deadline.Dispose();
            Report(failure);
            throw;
        }
    }

    /// <summary>The models that the server says it has, in its order.</summary>
    /// <exception cref="UpstreamException">The server did not answer with a list.</exception>
    public async Task<ImmutableArray<DiscoveredModel>> ListModelsAsync(UpstreamCredential credential, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _pool.RequireOwn(credential);
        using var deadline = new ReplyDeadline(_time, _limits.Total, cancellationToken);
        try
        {
            _instruments.Requested(_pool.Name, ModelsOperation);
            using var response = await _transport.SendAsync(() => Get(credential), deadline, cancellationToken);
            var answer = await HttpBody.ReadAsync(response, _limits.MaxBodyBytes, deadline, cancellationToken);
            var models = answer is { } list ? ModelList.Read(list) : null;
            return models is not null ? [.. models] : throw new UpstreamException(UpstreamFailures.InvalidBody((int)response.StatusCode));
        }
        catch (Exception failure)
        {
            Report(failure);
            throw;
        }
    }

    private HttpRequestMessage Post(ArrayBufferWriter<byte> body, UpstreamCredential credential, string betas)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, _pool.Messages) { Content = new JsonBodyContent(body) };
        _pool.Authorize(request, credential, betas);
        return request;
    }

    private HttpRequestMessage Get(UpstreamCredential credential)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, _pool.Models);
        _pool.Authorize(request, credential);
        return request;
    }

    private UpstreamException ReadFailure(HttpResponseMessage response, ReadOnlyMemory<byte> body, bool isHtml)
    {
        var now = _time.GetUtcNow();
        var retryAfter = RetryAfterHeader.Parse(HeaderValues.Find(response.Headers, "Retry-After"), now);
        var failure = isHtml
            ? UpstreamFailures.FromStatus(response.StatusCode, isChallenge: false, isHtml, retryAfter)
            : AnthropicFailures.FromStatus((int)response.StatusCode, AnthropicError.Read(body), retryAfter);
        return new UpstreamException(failure) { RateLimits = AnthropicRateLimits.Read(response.Headers, now) };
    }

    private void Report(Exception failure)
    {
        if (failure is UpstreamException { Failure: var upstream })
        {
            Report(upstream);
        }
    }

    private void Report(UpstreamFailure failure)
    {
        _instruments.Failed(_pool.Name, failure);
        LogFailed(_pool.Name, failure.Reason, failure.StatusCode, failure.Param);
    }
}
