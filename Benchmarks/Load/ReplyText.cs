namespace FlowGpt.Benchmarks.Load;

/// <summary>Collects the text of one reply as its body arrives, and judges the form it came in.</summary>
internal abstract class ReplyText
{
    private byte[] _pending = new byte[4 * 1024];
    private int _pendingLength;
    private byte[] _text = new byte[4 * 1024];

    /// <summary>UTF-8 bytes of text so far.</summary>
    public int Length { get; private set; }

    /// <summary>Pieces of text so far: what a client would show one after the other.</summary>
    public int Pieces { get; private set; }

    /// <summary>What is wrong with the reply's form, or null.</summary>
    public string? Problem { get; protected set; }

    /// <summary>The text so far.</summary>
    public ReadOnlySpan<byte> Text => _text.AsSpan(0, Length);

    /// <summary>Makes it ready for another reply.</summary>
    public virtual void Reset()
    {
        _pendingLength = 0;
        Length = 0;
        Pieces = 0;
        Problem = null;
    }

    /// <summary>Takes the next piece of the body.</summary>
    public virtual void Append(ReadOnlySpan<byte> body)
    {
        while (body.IndexOf((byte)'\n') is var end and >= 0)
        {
            if (_pendingLength == 0)
            {
                TakeLine(body[..end]);
            }
            else
            {
                Keep(body[..end]);
                TakeLine(_pending.AsSpan(0, _pendingLength));
                _pendingLength = 0;
            }

            body = body[(end + 1)..];
        }

        Keep(body);
    }

    /// <summary>The body has ended: says what is missing.</summary>
    public virtual void Finish()
    {
        if (_pendingLength > 0)
        {
            Problem ??= "the body ends inside a line";
        }
    }

    /// <summary>What was kept of the body and not yet taken as a line.</summary>
    protected ReadOnlySpan<byte> Pending => _pending.AsSpan(0, _pendingLength);

    /// <summary>Takes a line without its line feed.</summary>
    protected abstract void TakeLine(ReadOnlySpan<byte> line);

    /// <summary>Keeps bytes until more of the body is here.</summary>
    protected void Keep(ReadOnlySpan<byte> bytes)
    {
        Grow(ref _pending, _pendingLength + bytes.Length);
        bytes.CopyTo(_pending.AsSpan(_pendingLength));
        _pendingLength += bytes.Length;
    }

    /// <summary>Appends the string value that <paramref name="reader"/> stands on.</summary>
    protected void AppendText(ref System.Text.Json.Utf8JsonReader reader)
    {
        Grow(ref _text, Length + reader.ValueSpan.Length);
        var written = reader.CopyString(_text.AsSpan(Length));
        Length += written;
        Pieces += written > 0 ? 1 : 0;
    }

    private static void Grow(ref byte[] buffer, int wanted)
    {
        if (buffer.Length < wanted)
        {
            Array.Resize(ref buffer, Math.Max(wanted, buffer.Length * 2));
        }
    }
}
