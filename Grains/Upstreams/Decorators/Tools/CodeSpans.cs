namespace FlowGpt.Grains.Upstreams.Decorators.Tools;

/// <summary>Follows where Markdown code begins and ends: blocks between fences of three backticks or tildes and more, and spans between backticks of one line.</summary>
internal sealed class CodeSpans
{
    private int _fence;
    private byte _fenceMark;
    private int _span;
    private bool _isLineStart = true;

    /// <summary>Whether what comes next is code.</summary>
    public bool IsInside => _fence > 0 || _span > 0;

    /// <summary>Whether nothing but spaces stands before on the line.</summary>
    public bool IsLineStart => _isLineStart;

    /// <summary>The line that ends the block that is open; empty when no block is.</summary>
    public string Fence => _fence > 0 ? new((char)_fenceMark, _fence) : "";

    /// <summary>What comes next counts as the beginning of a line.</summary>
    public void StartLine() => _isLineStart = true;

    /// <summary>Passes text that has no backticks, tildes or line ends.</summary>
    public void Pass(ReadOnlySpan<byte> text) => _isLineStart &= text.IndexOfAnyExcept((byte)' ') < 0;

    /// <summary>Passes the run of backticks or tildes, or the line end, with which the text begins.</summary>
    /// <returns>How many bytes were passed; 0 when more text decides how long the run is.</returns>
    public int Take(ReadOnlySpan<byte> text, bool isEnd)
    {
        if (text[0] == '\n')
        {
            _isLineStart = true;
            // A span that its line does not close was none.
            _span = 0;
            return 1;
        }

        var mark = text[0];
        var run = text.IndexOfAnyExcept(mark);
        if (run < 0)
        {
            if (!isEnd)
            {
                return 0;
            }

            run = text.Length;
        }

        if (_fence > 0)
        {
            _fence = _isLineStart && mark == _fenceMark && run >= _fence ? 0 : _fence;
        }
        else if (_isLineStart && run >= 3)
        {
            (_fence, _fenceMark) = (run, mark);
        }
        else if (mark == '~')
        {
            // Struck-out text, or an approximation.
        }
        else if (_span > 0)
        {
            _span = run == _span ? 0 : _span;
        }
        else
        {
            _span = run;
        }

        _isLineStart = false;
        return run;
    }
}
