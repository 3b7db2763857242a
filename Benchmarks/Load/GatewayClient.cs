using System.Diagnostics;
using System.Net;

namespace FlowGpt.Benchmarks.Load;

/// <summary>Asks the gateway for chat completions, as an OpenAI client does.</summary>
internal sealed class GatewayClient : ILoadClient
{
    private readonly IPEndPoint _server;
    private readonly RequestBytes _request;
    private readonly Memory<byte> _marker;
    private readonly ReplyCheck _check;
    private HttpConnection? _connection;

    /// <param name="server">The gateway.</param>
    /// <param name="key">The client key.</param>
    /// <param name="stream">Whether replies are asked for as a stream.</param>
    /// <param name="tokens">How many tokens the simulator sends.</param>
    public GatewayClient(IPEndPoint server, string key, bool stream, int tokens)
    {
        _server = server;
        _request = RequestBytes.Post(
            server.ToString(),
            "/v1/chat/completions",
            [$"Authorization: Bearer {key}"],
            $$"""{"model":"gpt-4-free","stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"{{Question.Text}}"}]}"""
        );
        _marker = _request.PlaceOf(Question.Placeholder);
        _check = new ReplyCheck(stream ? new SseText() : new CompletionText(), tokens);
    }

    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        _connection?.Dispose();
        _connection = await HttpConnection.OpenAsync(_server, cancellationToken);
    }

    public async ValueTask<Sample> AskAsync(int marker, CancellationToken cancellationToken)
    {
        Question.WriteMarker(_marker.Span, marker);
        var started = Stopwatch.GetTimestamp();
        var status = await _connection!.SendAsync(_request.Bytes, cancellationToken);
        return await _check.ReadAsync(_connection, status, marker, started, cancellationToken);
    }

    public void Dispose() => _connection?.Dispose();
}
