using System.Diagnostics;

namespace FlowGpt.Benchmarks.Load;

/// <summary>Reads replies from a connection and compares them, byte by byte, with the one that is right.</summary>
internal sealed class ReplyCheck
{
    private readonly ReplyText _text;
    private readonly byte[] _expected;
    private readonly Memory<byte> _marker;

    /// <param name="text">The form that replies come in.</param>
    /// <param name="tokens">How many tokens the simulator sends.</param>
    public ReplyCheck(ReplyText text, int tokens)
    {
        _text = text;
        _expected = Question.Reply(tokens);
        var at = _expected.AsSpan().IndexOf("########"u8);
        _marker = _expected.AsMemory(at, Question.Placeholder.Length);
    }

    /// <param name="connection">Where the head of the response was just read.</param>
    /// <param name="status">The response's status.</param>
    /// <param name="marker">The marker of the question.</param>
    /// <param name="started">When the request was started.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<Sample> ReadAsync(
        HttpConnection connection,
        int status,
        int marker,
        long started,
        CancellationToken cancellationToken
    )
    {
        _text.Reset();
        var firstText = 0L;
        while (await connection.ReadBodyAsync(cancellationToken) is { Length: > 0 } piece)
        {
            _text.Append(piece.Span);
            if (firstText == 0 && _text.Length > 0)
            {
                firstText = Stopwatch.GetTimestamp();
            }
        }

        _text.Finish();
        var ended = Stopwatch.GetTimestamp();
        return new Sample((firstText == 0 ? ended : firstText) - started, ended - started, _text.Pieces, Judge(status, marker));
    }

    private string? Judge(int status, int marker)
    {
        if (status != 200)
        {
            return $"status {status}";
        }

        Question.WriteMarker(_marker.Span, marker);
        return _text.Problem
            ?? (
                _text.Text.SequenceEqual(_expected) ? null : $"not the reply to marker {marker}: {_text.Length} bytes of {_expected.Length}"
            );
    }
}
