using System.Buffers;
using System.Collections.Immutable;
using System.Security.Cryptography;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams.Http;
using Microsoft.Extensions.Logging;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>
/// A pool's OpenAI-compatible server. Follows no redirect, keeps no cookies, and tries nothing twice except on an idle connection that had died: every failure is
/// classified and given to the caller. Thread-safe; owns the pool's connections.
/// </summary>
internal sealed partial class OpenAiUpstream(
    OpenAiPool pool,
    CallLimits limits,
    TimeProvider time,
    ILogger<OpenAiUpstream> logger,
    OpenAiInstruments instruments,
    ReasoningSeal seal
) : IUpstream, IEmbeddingUpstream, IDisposable
{
    private static readonly TimeSpan WireWithin = TimeSpan.FromSeconds(10);

    private readonly UpstreamTransport _transport = new(
        pool.BaseUrl,
        limits,
        time,
        () => instruments.Resent(pool.Name),
        (response, body, isHtml) => FailureOf(response, body, isHtml, time.GetUtcNow())
    );

    public void Dispose() => _transport.Dispose();

    /// <inheritdoc />
    public string? AccountOf(string clientKeyId, ReadOnlySpan<Item> context) =>
        pool.SpeaksResponses ? seal.AccountOf(context, clientKeyId, pool.Name) : null;

    /// <inheritdoc />
    /// <exception cref="InvalidOperationException">The credential belongs to another pool; nothing was sent.</exception>
    public async Task<IUpstreamReply> OpenAsync(UpstreamCall call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        pool.RequireOwn(call.Credential);
        var body = new ArrayBufferWriter<byte>(1024);
        var isResponses = await FindWireAsync(call.Credential).WaitAsync(cancellationToken);
        var operation = isResponses ? OpenAiPool.ResponsesPath : OpenAiPool.ChatPath;
        if (isResponses)
        {
            ResponsesRequestWriter.Write(body, call, pool, seal);
        }
        else
        {
            ChatRequestWriter.Write(body, call, pool);
        }

        var address = pool.AddressOf(operation, call.Target.Model);
        var deadline = new ReplyDeadline(time, limits.Total, cancellationToken);
        try
        {
            instruments.Requested(pool.Name, operation);
            var response = await _transport.SendAsync(() => Post(address, body, call.Credential), deadline, cancellationToken);
            deadline.Pause();
            if (HttpBody.Open(response) is { } stream)
            {
                var reader = ReaderOf(call, isResponses, (int)response.StatusCode);
                var rateLimits = RateLimitHeaders.Read(response.Headers);
                return new StreamedReply(response, stream, deadline, limits, reader, rateLimits, Report, cancellationToken);
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

    /// <inheritdoc />
    /// <exception cref="InvalidOperationException">The credential belongs to another pool; nothing was sent.</exception>
    public async Task<EmbeddingReply> EmbedAsync(EmbeddingCall call, CancellationToken cancellationToken)
    {
        var body = new ArrayBufferWriter<byte>(1024);
        EmbeddingRequestWriter.Write(body, call, pool);
        var address = pool.AddressOf(OpenAiPool.EmbeddingsPath, call.Target.Model);
        return await AskAsync(
            OpenAiPool.EmbeddingsPath,
            () => Post(address, body, call.Credential),
            call.Credential,
            static (answer, response) =>
                EmbeddingAnswer.Read(answer.Span) is { } embeddings
                    ? embeddings with
                    {
                        RateLimits = RateLimitHeaders.Read(response.Headers),
                    }
                    : null,
            cancellationToken
        );
    }

    /// <summary>The models that the server says it has, in its order.</summary>
    /// <exception cref="UpstreamException">The server did not answer with a list.</exception>
    public async Task<ImmutableArray<DiscoveredModel>> ListModelsAsync(UpstreamCredential credential, CancellationToken cancellationToken)
    {
        try
        {
            return [.. await ListModelsAsync(pool.AddressOf(OpenAiPool.ModelsPath, ""), credential, cancellationToken)];
        }
        catch (UpstreamException missing) when (missing.Failure.StatusCode == 404 && pool.VersionedModels is { } versioned)
        {
            if (await HasModelsAsync(versioned, credential, cancellationToken))
            {
                throw new UpstreamException(OpenAiFailures.WithoutVersion(versioned), missing);
            }

            throw;
        }
    }

    private Task<IReadOnlyList<DiscoveredModel>> ListModelsAsync(
        Uri address,
        UpstreamCredential credential,
        CancellationToken cancellationToken
    ) =>
        AskAsync(
            OpenAiPool.ModelsPath,
            () => Authorized(new HttpRequestMessage(HttpMethod.Get, address), credential),
            credential,
            static (answer, _) => ModelList.Read(answer),
            cancellationToken
        );

    private async Task<bool> HasModelsAsync(Uri address, UpstreamCredential credential, CancellationToken cancellationToken)
    {
        try
        {
            await ListModelsAsync(address, credential, cancellationToken);
            return true;
        }
        catch (UpstreamException)
        {
            return false;
        }
    }

    /// <summary>Sends a request and reads its whole answer.</summary>
    private async Task<T> AskAsync<T>(
        string operation,
        Func<HttpRequestMessage> make,
        UpstreamCredential credential,
        Func<ReadOnlyMemory<byte>, HttpResponseMessage, T?> read,
        CancellationToken cancellationToken
    )
        where T : class
    {
        cancellationToken.ThrowIfCancellationRequested();
        pool.RequireOwn(credential);
        using var deadline = new ReplyDeadline(time, limits.Total, cancellationToken);
        try
        {
            instruments.Requested(pool.Name, operation);
            using var response = await _transport.SendAsync(make, deadline, cancellationToken);
            var answer = await HttpBody.ReadAsync(response, limits.MaxBodyBytes, deadline, cancellationToken);
            var status = (int)response.StatusCode;
            if (answer is { } page && HtmlPage.Begins(page.Span))
            {
                throw new UpstreamException(UpstreamFailures.Challenge(status));
            }

            return (answer is { } json ? read(json, response) : null)
                ?? throw new UpstreamException(
                    answer is { } other && ServerError.Read(other) is { Message.Length: > 0 } error
                        ? OpenAiFailures.InsideReply(status, error)
                        : UpstreamFailures.InvalidBody(status)
                )
                {
                    RateLimits = RateLimitHeaders.Read(response.Headers),
                };
        }
        catch (Exception failure)
        {
            Report(failure);
            throw;
        }
    }

    /// <summary>Whether the call goes out in the Responses protocol.</summary>
    private Task<bool> FindWireAsync(UpstreamCredential credential) =>
        pool.Wire is { SpeaksResponses: null } wire
            ? wire.FindAsync(() => AskForResponsesAsync(credential), time.GetUtcNow()).AsTask()
            : Task.FromResult(pool.SpeaksResponses);

    /// <summary>Sends a request that no server can serve, since it names no model, and reads from its refusal whether the server has the route.</summary>
    private async Task<bool?> AskForResponsesAsync(UpstreamCredential credential)
    {
        var body = new ArrayBufferWriter<byte>();
        body.Write("{}"u8);
        try
        {
            using var deadline = new ReplyDeadline(time, WireWithin, CancellationToken.None);
            var address = pool.AddressOf(OpenAiPool.ResponsesPath, "");
            using var response = await _transport.SendAsync(() => Post(address, body, credential), deadline, CancellationToken.None);
            return null;
        }
        catch (UpstreamException told)
        {
            return ServerWire.Read(told.Failure.StatusCode);
        }
    }

    private IReplyReader ReaderOf(UpstreamCall call, bool isResponses, int status) =>
        isResponses
            ? new ResponseReplyReader(
                NewCallId,
                content => seal.Seal(content, call.Turn.ClientKeyId, pool.Name, call.Account),
                call.Sampling.Logprobs == true,
                status
            )
            : new ChatReplyReader(NewCallId, status);

    private HttpRequestMessage Post(Uri address, ArrayBufferWriter<byte> body, UpstreamCredential credential) =>
        Authorized(new HttpRequestMessage(HttpMethod.Post, address) { Content = new JsonBodyContent(body) }, credential);

    private HttpRequestMessage Authorized(HttpRequestMessage request, UpstreamCredential credential)
    {
        pool.Authorize(request, credential);
        return request;
    }

    private static UpstreamException FailureOf(HttpResponseMessage response, ReadOnlyMemory<byte> body, bool isHtml, DateTimeOffset now)
    {
        var retryAfter = RateLimitHeaders.RetryAfter(response.Headers, now);
        var failure = isHtml
            ? UpstreamFailures.FromStatus(response.StatusCode, isChallenge: false, isHtml, retryAfter)
            : OpenAiFailures.FromStatus((int)response.StatusCode, ServerError.Read(body), retryAfter);
        return new UpstreamException(failure) { RateLimits = RateLimitHeaders.Read(response.Headers) };
    }

    private static string NewCallId() => "call_" + RandomNumberGenerator.GetHexString(24, lowercase: true);

    private void Report(Exception failure)
    {
        if (failure is UpstreamException { Failure: var upstream })
        {
            Report(upstream);
        }
    }

    private void Report(UpstreamFailure failure)
    {
        instruments.Failed(pool.Name, failure);
        LogFailed(pool.Name, failure.Reason, failure.StatusCode, failure.Param);
    }
}
