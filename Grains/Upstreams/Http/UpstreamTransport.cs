using System.Net.Http.Headers;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Upstreams.Http;

/// <summary>What a failed answer means.</summary>
/// <param name="response">The answer's head.</param>
/// <param name="body">The answer's body, as far as it could be read.</param>
/// <param name="isHtml">Whether the body is a web page.</param>
internal delegate UpstreamException FailureReader(HttpResponseMessage response, ReadOnlyMemory<byte> body, bool isHtml);

/// <summary>Sends a pool's requests and distinguishes usable answers from failures. Thread-safe.</summary>
/// <param name="address">Where the server is.</param>
/// <param name="limits">Limits.</param>
/// <param name="time">The clock.</param>
/// <param name="resent">Called when a request is sent once more.</param>
/// <param name="read">Says what a failed answer means.</param>
internal sealed class UpstreamTransport(Uri address, CallLimits limits, TimeProvider time, Action resent, FailureReader read) : IDisposable
{
    // More than any error's object; the rest is never looked at.
    private const int MaxErrorBytes = 64 * 1024;

    // Longer than a new connection waits for its first request: so a connection that was made and not needed at once counts as one that may have been closed.
    private static readonly TimeSpan LeastIdle = TimeSpan.FromMilliseconds(50);

    private readonly HttpMessageInvoker _http = UpstreamConnections.Create(limits.Connections, address, time, measures: true);

    // Never uses a connection again, so a request that met a dead connection gets a new connection.
    private readonly HttpMessageInvoker _fresh = UpstreamConnections.Create(
        limits.Connections with
        {
            Lifetime = TimeSpan.Zero,
        },
        address,
        time
    );

    public void Dispose()
    {
        _http.Dispose();
        _fresh.Dispose();
    }

    /// <summary>
    /// Sends a request and returns the answer once its headers are good. The wait for the first byte begins here and is left running. A request whose connection
    /// had served before, or was idle, and died before anything was answered, is sent once more on a new connection; a server that had taken the request all the same
    /// counts two.
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
            catch (HttpRequestException) when (use.MayBeStale(LeastIdle) && !deadline.Token.IsCancellationRequested)
            {
                resent();
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
        return read(response, body, IsHtmlType(response.Content.Headers.ContentType) || HtmlPage.Begins(body.Span));
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
