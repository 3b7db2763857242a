using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using FlowGpt.Benchmarks.Targets;

namespace FlowGpt.Benchmarks.Load;

/// <summary>Asks a <see cref="StampedUpstream"/>, directly or through something, and notes how long each token was on its way.</summary>
internal sealed class StampedClient : ILoadClient
{
    private const string Tools = """
        "tools":[{"type":"function","function":{"name":"look","description":"Looks at a place.","parameters":{"type":"object","properties":{"place":{"type":"string"}}}}}],
        """;

    private readonly IPEndPoint _server;
    private readonly int _tokens;
    private readonly RequestBytes _request;
    private readonly int _head;
    private readonly int _length;
    private readonly SseText _text = new();
    private readonly ConcurrentBag<long[]> _delays;
    private HttpConnection? _connection;

    /// <param name="server">What is asked.</param>
    /// <param name="key">The client key.</param>
    /// <param name="tokens">How many tokens the upstream sends.</param>
    /// <param name="delays">Gets, for each reply, the timestamp ticks that each token took.</param>
    /// <param name="model">One of the upstream's models.</param>
    public StampedClient(IPEndPoint server, string key, int tokens, ConcurrentBag<long[]> delays, string model = StampedUpstream.Model)
    {
        _server = server;
        _tokens = tokens;
        _delays = delays;
        var calls = model == StampedUpstream.CallingModel;
        _head = calls ? StampedUpstream.ArgumentsHead.Length : 0;
        _length = _head + (tokens * StampedUpstream.StampLength) + (calls ? StampedUpstream.ArgumentsTail.Length : 0);
        _request = RequestBytes.Post(
            server.ToString(),
            "/v1/chat/completions",
            [$"Authorization: Bearer {key}"],
            $$"""{"model":"{{model}}","stream":true,{{(calls ? Tools : "")}}"messages":[{"role":"user","content":"{{Question.Text}}"}]}"""
        );
    }

    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        _connection?.Dispose();
        _connection = await HttpConnection.OpenAsync(_server, cancellationToken);
    }

    public async ValueTask<Sample> AskAsync(int marker, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var status = await _connection!.SendAsync(_request.Bytes, cancellationToken);
        _text.Reset();
        var delays = new long[_tokens];
        var seen = 0;
        var first = 0L;
        while (await _connection.ReadBodyAsync(cancellationToken) is { Length: > 0 } piece)
        {
            _text.Append(piece.Span);
            var now = Stopwatch.GetTimestamp();
            for (; seen < _tokens && _text.Length >= _head + ((seen + 1) * StampedUpstream.StampLength); seen++)
            {
                first = first == 0 ? now : first;
                delays[seen] = now - StampAt(seen);
            }
        }

        _text.Finish();
        _delays.Add(delays);
        var ended = Stopwatch.GetTimestamp();
        var problem =
            status != 200 ? $"status {status}"
            : _text.Length != _length ? $"{_text.Length} bytes of text"
            : _text.Problem;
        return new Sample((first == 0 ? ended : first) - started, ended - started, _text.Pieces, problem);
    }

    public void Dispose() => _connection?.Dispose();

    private long StampAt(int token) =>
        long.Parse(
            Encoding.ASCII.GetString(_text.Text.Slice(_head + (token * StampedUpstream.StampLength), StampedUpstream.StampLength)),
            CultureInfo.InvariantCulture
        );
}
