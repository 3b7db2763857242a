using System.Text;

namespace FlowGpt.Grains.Upstreams.Decorators.Json;

/// <summary>One reading of <see cref="LooseJson"/>.</summary>
internal ref partial struct LooseJsonReader(ReadOnlySpan<char> text, int start)
{
    private readonly ReadOnlySpan<char> _text = text;
    private readonly StringBuilder _json = new(text.Length - start + 16);
    private int _at = start;
    private int _depth;
    private int _closed;
    private JsonEnd _end = JsonEnd.Whole;

    public LooseValue Read()
    {
        SkipSpace();
        var isContainer = _at < _text.Length && _text[_at] is '{' or '[';
        if (!isContainer || !ReadValue())
        {
            return new("", isContainer && _end == JsonEnd.Cut ? JsonEnd.Cut : JsonEnd.Invalid, _at, 0);
        }

        return new(_json.ToString(), _closed > 0 ? JsonEnd.Closed : JsonEnd.Whole, _at, _closed);
    }

    private bool ReadValue()
    {
        SkipSpace();
        if (_at >= _text.Length)
        {
            return Fail(JsonEnd.Cut);
        }

        return _text[_at] switch
        {
            '{' => ReadObject(),
            '[' => ReadArray(),
            '"' or '\'' or '\u201c' or '\u201d' or '\u2018' => ReadString(isKey: false),
            _ => ReadWord(),
        };
    }

    private bool ReadObject()
    {
        if (++_depth > LooseJson.MaxDepth)
        {
            return Fail(JsonEnd.Invalid);
        }

        _at++;
        _json.Append('{');
        for (var isFirst = true; ; isFirst = false)
        {
            SkipCommas();
            if (_at >= _text.Length)
            {
                return Close('}');
            }

            if (_text[_at] == '}')
            {
                return Leave('}');
            }

            if (!isFirst)
            {
                _json.Append(',');
            }

            if (!ReadKey() || !ReadColon() || !ReadValue())
            {
                return false;
            }
        }
    }

    private bool ReadArray()
    {
        if (++_depth > LooseJson.MaxDepth)
        {
            return Fail(JsonEnd.Invalid);
        }

        _at++;
        _json.Append('[');
        for (var isFirst = true; ; isFirst = false)
        {
            SkipCommas();
            if (_at >= _text.Length)
            {
                return Close(']');
            }

            if (_text[_at] == ']')
            {
                return Leave(']');
            }

            if (!isFirst)
            {
                _json.Append(',');
            }

            if (!ReadValue())
            {
                return false;
            }
        }
    }

    private bool Leave(char bracket)
    {
        _at++;
        _depth--;
        _json.Append(bracket);
        return true;
    }

    private bool Close(char bracket)
    {
        _closed++;
        _depth--;
        _json.Append(bracket);
        return true;
    }

    private bool ReadKey()
    {
        if (IsQuote(_text[_at]))
        {
            return ReadString(isKey: true);
        }

        var from = _at;
        while (_at < _text.Length && (char.IsLetterOrDigit(_text[_at]) || _text[_at] is '_' or '$' or '-' or '.'))
        {
            _at++;
        }

        if (_at == from)
        {
            return Fail(JsonEnd.Invalid);
        }

        AppendQuoted(_text[from.._at]);
        return true;
    }

    private bool ReadColon()
    {
        SkipSpace();
        if (_at >= _text.Length)
        {
            return Fail(JsonEnd.Cut);
        }

        if (_text[_at] is not (':' or '='))
        {
            return Fail(JsonEnd.Invalid);
        }

        _at++;
        if (_at < _text.Length && _text[_at] == '>')
        {
            _at++;
        }

        _json.Append(':');
        return true;
    }

    private void SkipCommas()
    {
        do
        {
            SkipSpace();
        } while (_at < _text.Length && _text[_at] is ',' or ';' && ++_at > 0);
    }

    private void SkipSpace() => _at = AfterSpace(_at);

    /// <summary>Where the text goes on after white space and comments.</summary>
    private readonly int AfterSpace(int at)
    {
        while (at < _text.Length)
        {
            if (char.IsWhiteSpace(_text[at]))
            {
                at++;
            }
            else if (_text[at..].StartsWith("//"))
            {
                var end = _text[at..].IndexOf('\n');
                at = end < 0 ? _text.Length : at + end;
            }
            else if (_text[at..].StartsWith("/*"))
            {
                var end = _text[at..].IndexOf("*/");
                at = end < 0 ? _text.Length : at + end + 2;
            }
            else
            {
                break;
            }
        }

        return at;
    }

    private static bool IsQuote(char character) => character is '"' or '\'' or '\u201c' or '\u201d' or '\u2018';

    private bool Fail(JsonEnd end)
    {
        _end = end;
        return false;
    }
}
