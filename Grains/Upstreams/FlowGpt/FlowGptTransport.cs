using System.Net.Http.Headers;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams.Http;

namespace FlowGpt.Grains.Upstreams.FlowGpt;

/// <summary>Sends requests and distinguishes usable responses from failures. Thread-safe.</summary>
internal sealed class FlowGptTransport(FlowGptSettings settings, TimeProvider time) : IDisposable
{
    // A firewall's page is known by its first characters; the rest of an error's body is never looked at.
    private const int PeekBytes = 512;

    /// <summary>Most bytes of a body that is read whole.</summary>
    public const int MaxSmallBody = 64 * 1024;

    // A connection that was used so recently has not been closed for being idle, so the server may have taken the request before it closed.
    private static readonly TimeSpan LeastIdle = TimeSpan.FromSeconds(1);

    private readonly HttpMessageInvoker _http = UpstreamConnections.Create(settings.Connections, settings.ChatUri, time, measures: true);

    // Never uses a connection again, so a request that met a dead connection gets a new connection.
    private readonly HttpMessageInvoker _fresh = UpstreamConnections.Create(
        settings.Connections with
        {
            Lifetime = TimeSpan.Zero,
        },
        settings.ChatUri,
        time
    );

    public void Dispose()
    {
        _http.Dispose();
        _fresh.Dispose();
    }

    /// <summary>
    /// Sends a request and returns the response once its headers are good. The wait for the first byte begins here and is left running. A request whose idle
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
        deadline.Begin(FailureReason.FirstByteTimeout, settings.FirstByteTimeout);
        var use = ConnectionUse.Begin();
        var request = make();
        var sent = false;
        HttpResponseMessage response;
        try
        {
            try
            {
                response = await _http.SendAsync(request, deadline.Token);
            }
            catch (HttpRequestException) when (use.WasIdle(LeastIdle) && !deadline.Token.IsCancellationRequested)
            {
                sent = true;
                request.Dispose();
                request = make();
                response = await _fresh.SendAsync(request, deadline.Token);
            }
        }
        catch (Exception failure) when (CallFailures.IsOfConnection(failure))
        {
            throw new UpstreamException(
                CallFailures.Classify(failure, UpstreamFailures.BeforeReply(failure), deadline, cancellationToken),
                failure
            )
            {
                MayHaveBeenSent = sent || request.Content is not JsonBodyContent { Started: false },
            };
        }
        finally
        {
            request.Dispose();
        }

        if (IsUsable(response))
        {
            return response;
        }

        using (response)
        {
            var isHtml = await IsHtmlAsync(response, deadline.Token);
            cancellationToken.ThrowIfCancellationRequested();
            throw new UpstreamException(
                UpstreamFailures.FromStatus(response.StatusCode, IsChallenge(response), isHtml, RetryAfter(response))
            );
        }
    }

    private static bool IsUsable(HttpResponseMessage response) =>
        response.IsSuccessStatusCode
        && !IsChallenge(response)
        && !IsHtmlType(response.Content.Headers.ContentType)
        && response.Content.Headers.ContentEncoding.Count == 0;

    private static bool IsChallenge(HttpResponseMessage response) => response.Headers.NonValidated.Contains("x-amzn-waf-action");

    private static bool IsHtmlType(MediaTypeHeaderValue? type) =>
        type?.MediaType is { } name
        && (
            name.Equals("text/html", StringComparison.OrdinalIgnoreCase)
            || name.Equals("application/xhtml+xml", StringComparison.OrdinalIgnoreCase)
        );

    private static async Task<bool> IsHtmlAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType is { } type)
        {
            return IsHtmlType(type);
        }

        try
        {
            var start = new byte[PeekBytes];
            var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            var read = await stream.ReadAsync(start, cancellationToken);
            return HtmlPage.Begins(start.AsSpan(0, read));
        }
        catch (Exception failure) when (CallFailures.IsOfConnection(failure))
        {
            // The status alone has to do.
            return false;
        }
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues("Retry-After", out var values)
            ? RetryAfterHeader.Parse(values.FirstOrDefault(), time.GetUtcNow())
            : null;
}
