using System.Diagnostics;
using System.Net;

namespace FlowGpt.Benchmarks.Load;

/// <summary>Asks the gateway for chat completions, as an OpenAI client does.</summary>
internal sealed class GatewayClient : ILoadClient
{
    /// <summary>The model that is asked for.</summary>
    public const string Model = "gpt-4-free";

    private const string Conversation = "bench-";

    private readonly IPEndPoint _server;
    private readonly RequestBytes _request;
    private readonly Memory<byte> _marker;
    private readonly Memory<byte> _conversation;
    private readonly ReplyCheck _check;
    private HttpConnection? _connection;

    /// <param name="server">The gateway.</param>
    /// <param name="key">The client key.</param>
    /// <param name="stream">Whether replies are asked for as a stream.</param>
    /// <param name="tokens">How many tokens the simulator sends.</param>
    /// <param name="stored">Whether each request begins a conversation of its own that is kept.</param>
    public GatewayClient(IPEndPoint server, string key, bool stream, int tokens, bool stored = false)
    {
        _server = server;
        _request = RequestBytes.Post(
            server.ToString(),
            "/v1/chat/completions",
            stored
                ? [$"Authorization: Bearer {key}", $"X-Conversation-Id: {Conversation}{Question.Placeholder}"]
                : [$"Authorization: Bearer {key}"],
            $$"""{"model":"{{Model}}","stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"{{Question.Text}}"}]}"""
        );
        _marker = _request.LastPlaceOf(Question.Placeholder);
        _conversation = stored ? _request.PlaceOf(Question.Placeholder) : default;
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
        if (!_conversation.IsEmpty)
        {
            Question.WriteMarker(_conversation.Span, marker);
        }

        var started = Stopwatch.GetTimestamp();
        var status = await _connection!.SendAsync(_request.Bytes, cancellationToken);
        return await _check.ReadAsync(_connection, status, marker, started, cancellationToken);
    }

    public void Dispose() => _connection?.Dispose();
}
