using System.Net.Http.Headers;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams.Http;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>Sends a pool's requests and tells a usable answer from a failure. Thread-safe.</summary>
internal sealed class OpenAiTransport(OpenAiPool pool, OpenAiLimits limits, TimeProvider time, OpenAiInstruments instruments) : IDisposable
{
    // More than any error's object; the rest is never looked at.
    private const int MaxErrorBytes = 64 * 1024;

    // A connection that was used so lately has not been closed for being idle, so the server may have taken the request before it closed.
    private static readonly TimeSpan LeastIdle = TimeSpan.FromSeconds(1);

    private readonly HttpMessageInvoker _http = UpstreamConnections.Create(limits.Connections, pool.BaseUrl, time, measures: true);

    // Never uses a connection again, so a request that met a dead one gets a new one.
    private readonly HttpMessageInvoker _fresh = UpstreamConnections.Create(
        limits.Connections with
        {
            Lifetime = TimeSpan.Zero,
        },
        pool.BaseUrl,
        time
    );

    public void Dispose()
    {
        _http.Dispose();
        _fresh.Dispose();
    }

    /// <summary>
    /// Sends a request and returns the answer once its headers are good. The wait for the first byte begins here and is left running. A request whose idle
    /// connection died before anything was answered is sent once more on a new connection; a server that had taken the request all the same counts two.
    /// </summary>
    /// <param name="make">Makes the request.</param>
    /// <param name="deadline">The call's time limits.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <exception cref="UpstreamException">The call failed.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task<HttpResponseMessage> SendAsync(
        Func<HttpRequestMessage> make,
        ReplyDeadline deadline,
        CancellationToken cancellationToken
    )
    {
        deadline.Begin(FailureReason.FirstByteTimeout, limits.FirstByte);
        var use = ConnectionUse.Begin();
        var request = make();
        HttpResponseMessage response;
        try
        {
            try
            {
                response = await _http.SendAsync(request, deadline.Token);
            }
            catch (HttpRequestException) when (use.UnusedFor >= LeastIdle && !deadline.Token.IsCancellationRequested)
            {
                instruments.Resent(pool.Name);
                request.Dispose();
                request = make();
                response = await _fresh.SendAsync(request, deadline.Token);
            }
        }
        catch (Exception failure) when (CallFailures.IsOfConnection(failure))
        {
            var before = UpstreamFailures.BeforeReply(failure);
            throw new UpstreamException(CallFailures.Classify(failure, before, deadline, cancellationToken), failure)
            {
                MayHaveBeenSent = request.Content is not JsonBodyContent { Started: false },
            };
        }
        finally
        {
            request.Dispose();
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await FailedAsync(response, deadline, cancellationToken);
        }
    }

    private async Task<UpstreamException> FailedAsync(
        HttpResponseMessage response,
        ReplyDeadline deadline,
        CancellationToken cancellationToken
    )
    {
        var body = await ErrorBodyAsync(response, deadline, cancellationToken);
        var retryAfter = RateLimitHeaders.RetryAfter(response.Headers, time.GetUtcNow());
        var isHtml = IsHtmlType(response.Content.Headers.ContentType) || HtmlPage.Begins(body.Span);
        var failure = isHtml
            ? UpstreamFailures.FromStatus(response.StatusCode, isChallenge: false, isHtml, retryAfter)
            : OpenAiFailures.FromStatus((int)response.StatusCode, OpenAiError.Read(body), retryAfter);
        return new UpstreamException(failure) { RateLimits = RateLimitHeaders.Read(response.Headers) };
    }

    private static async Task<ReadOnlyMemory<byte>> ErrorBodyAsync(
        HttpResponseMessage response,
        ReplyDeadline deadline,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await HttpBody.ReadAsync(response, MaxErrorBytes, deadline, cancellationToken) ?? default;
        }
        catch (UpstreamException)
        {
            // The status alone has to do.
            return default;
        }
    }

    private static bool IsHtmlType(MediaTypeHeaderValue? type) =>
        string.Equals(type?.MediaType, "text/html", StringComparison.OrdinalIgnoreCase);
}
