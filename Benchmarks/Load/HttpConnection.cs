using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FlowGpt.Benchmarks.Load;

/// <summary>
/// A keep-alive HTTP/1.1 connection on a bare socket: sends ready-made bytes, reads one response at a time. An ordinary HTTP client
/// costs more CPU per request than some of the servers measured here, and shares their cores.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private const int BufferBytes = 32 * 1024;

    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _start;
    private int _end;
    private bool _chunked;
    private bool _inChunk;
    private bool _bodyEnded;
    private int _left;

    private HttpConnection(Socket socket) => _socket = socket;

    /// <summary>Opens a connection.</summary>
    public static async Task<HttpConnection> OpenAsync(IPEndPoint server, CancellationToken cancellationToken)
    {
        var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(server, cancellationToken);
            return new HttpConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends a whole request and reads the response's head.</summary>
    /// <returns>The status code.</returns>
    public async ValueTask<int> SendAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        for (var sent = 0; sent < request.Length; )
        {
            sent += await _socket.SendAsync(request[sent..], SocketFlags.None, cancellationToken);
        }

        int end;
        while ((end = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n\r\n"u8)) < 0)
        {
            await FillAsync(cancellationToken);
        }

        var head = Encoding.ASCII.GetString(_buffer, _start, end);
        _start += end + 4;
        return ReadHead(head);
    }

    /// <summary>The next piece of the body as it arrived, valid until the next call; empty at the end of the body.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadBodyAsync(CancellationToken cancellationToken)
    {
        while (!_bodyEnded)
        {
            if (_chunked && _left == 0 && !TryReadChunkHead())
            {
                await FillAsync(cancellationToken);
                continue;
            }

            if (_bodyEnded)
            {
                break;
            }

            if (_start == _end)
            {
                await FillAsync(cancellationToken);
            }

            var piece = _buffer.AsMemory(_start, Math.Min(_left, _end - _start));
            _start += piece.Length;
            _left -= piece.Length;
            _bodyEnded = !_chunked && _left == 0;
            return piece;
        }

        return default;
    }

    public void Dispose() => _socket.Dispose();

    private int ReadHead(string head)
    {
        _chunked = head.Contains("\r\nTransfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase);
        _inChunk = false;
        _left = 0;
        const string Length = "\r\nContent-Length:";
        var at = head.IndexOf(Length, StringComparison.OrdinalIgnoreCase);
        if (!_chunked && at < 0)
        {
            throw new InvalidDataException($"The response has neither a length nor chunks: {head}");
        }

        if (!_chunked)
        {
            var value = head.AsSpan(at + Length.Length);
            var stop = value.IndexOf('\r');
            _left = int.Parse(stop < 0 ? value : value[..stop], NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
        }

        _bodyEnded = !_chunked && _left == 0;
        return int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture);
    }

    /// <summary>Reads the size line of the next chunk, with the line end of the one before it. False when not all of it is here yet.</summary>
    private bool TryReadChunkHead()
    {
        var rest = _buffer.AsSpan(_start, _end - _start);
        var skip = _inChunk ? 2 : 0;
        var line = rest.Length < skip ? -1 : rest[skip..].IndexOf("\r\n"u8);
        if (line < 0)
        {
            return false;
        }

        var size = int.Parse(rest.Slice(skip, line), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        var used = skip + line + 2;
        if (size == 0)
        {
            // No server here sends trailers, so the last chunk is followed by one empty line.
            if (rest.Length < used + 2)
            {
                return false;
            }

            used += 2;
            _bodyEnded = true;
        }

        _inChunk = true;
        _left = size;
        _start += used;
        return true;
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            throw new InvalidDataException("A response head or chunk line is longer than the buffer.");
        }

        var read = await _socket.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None, cancellationToken);
        if (read == 0)
        {
            throw new EndOfStreamException("The server closed the connection in the middle of a response.");
        }

        _end += read;
    }
}
