using System.Globalization;
using System.Text;

namespace FlowGpt.Grains.Upstreams.Decorators.Json;

/// <summary>One reading of <see cref="LooseJson"/>.</summary>
internal ref struct LooseJsonReader(ReadOnlySpan<char> text, int start)
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

    private bool ReadString(bool isKey)
    {
        var open = _text[_at++];
        _json.Append('"');
        while (_at < _text.Length)
        {
            var character = _text[_at++];
            if (character == '\\')
            {
                if (!AppendEscape())
                {
                    return Fail(JsonEnd.Cut);
                }
            }
            else if (Closes(open, character) && EndsHere(isKey))
            {
                _json.Append('"');
                return true;
            }
            else
            {
                Append(character);
            }
        }

        return Fail(JsonEnd.Cut);
    }

    private static bool Closes(char open, char character) =>
        open switch
        {
            '"' => character == '"',
            '\'' => character == '\'',
            '\u2018' => character == '\u2019',
            _ => character is '\u201d' or '\u201c' or '"',
        };

    /// <summary>Whether a closing quote that was just read ends the string: what follows must be what can follow a string; otherwise the quote is text.</summary>
    private readonly bool EndsHere(bool isKey)
    {
        var next = AfterSpace(_at);
        if (next >= _text.Length)
        {
            return true;
        }

        return isKey
            ? _text[next] is ':' or '='
            : _text[next] is '}' or ']'
                || (_text[next] == ',' ? FollowsComma(next + 1) : IsQuote(_text[next]) && Ahead(next).Contains(':'));
    }

    // Bounded, so that a text of nothing but quotes takes linear time.
    private readonly ReadOnlySpan<char> Ahead(int next) => _text.Slice(next, Math.Min(200, _text.Length - next));

    /// <summary>Whether a comma ends a value: a member, a value or a closing bracket comes next, and no prose.</summary>
    private readonly bool FollowsComma(int next)
    {
        next = AfterSpace(next);

        if (
            next >= _text.Length
            || IsQuote(_text[next])
            || _text[next] is '}' or ']' or '{' or '[' or '/' or '-'
            || char.IsAsciiDigit(_text[next])
        )
        {
            return true;
        }

        var from = next;
        while (next < _text.Length && (char.IsLetterOrDigit(_text[next]) || _text[next] is '_' or '$'))
        {
            next++;
        }

        var word = _text[from..next];
        next = AfterSpace(next);

        return word is "true" or "false" or "null" or "True" or "False" or "None"
            || (word.Length > 0 && next < _text.Length && _text[next] is ':');
    }

    private bool AppendEscape()
    {
        if (_at >= _text.Length)
        {
            return false;
        }

        var escaped = _text[_at++];
        switch (escaped)
        {
            case '"' or '\\' or '/' or 'b' or 'f' or 'n' or 'r' or 't':
                _json.Append('\\').Append(escaped);
                return true;
            case 'u' when _at + 4 <= _text.Length && IsHex(_text.Slice(_at, 4)):
                _json.Append("\\u").Append(_text.Slice(_at, 4));
                _at += 4;
                return true;
            case 'u' when _at + 4 > _text.Length:
                return false;
            case '\'' or '`':
                _json.Append(escaped);
                return true;
            case '\n':
                return true;
            default:
                _json.Append("\\\\");
                Append(escaped);
                return true;
        }
    }

    private static bool IsHex(ReadOnlySpan<char> digits) => !digits.ContainsAnyExcept("0123456789abcdefABCDEF");

    /// <summary>A literal, a number, or text without quotes.</summary>
    private bool ReadWord()
    {
        var from = _at;
        while (_at < _text.Length && _text[_at] is not (',' or '}' or ']' or '{' or '[' or '\n' or '"'))
        {
            _at++;
        }

        var word = _text[from.._at].TrimEnd();
        if (word.IsEmpty)
        {
            return Fail(JsonEnd.Invalid);
        }

        var isAtEnd = _at >= _text.Length;
        var literal = word switch
        {
            "true" or "True" or "TRUE" => "true",
            "false" or "False" or "FALSE" => "false",
            "null" or "None" or "NULL" or "undefined" => "null",
            _ => null,
        };
        if (literal is not null)
        {
            _json.Append(literal);
            return true;
        }

        if (isAtEnd)
        {
            return Fail(JsonEnd.Cut);
        }

        if (AppendNumber(word))
        {
            return true;
        }

        AppendQuoted(word);
        return true;
    }

    private readonly bool AppendNumber(ReadOnlySpan<char> word)
    {
        if (
            word.ContainsAnyExcept("+-.0123456789eE")
            || !double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            || !double.IsFinite(value)
        )
        {
            return false;
        }

        var isStrict = !(
            word[0] == '+' || word[0] == '.' || word[^1] == '.' || (word.Length > 1 && word[0] == '0' && char.IsAsciiDigit(word[1]))
        );
        _json.Append(isStrict ? word : value.ToString("R", CultureInfo.InvariantCulture));
        return true;
    }

    private readonly void AppendQuoted(ReadOnlySpan<char> word)
    {
        _json.Append('"');
        foreach (var character in word)
        {
            Append(character);
        }

        _json.Append('"');
    }

    private readonly void Append(char character)
    {
        switch (character)
        {
            case '"':
                _json.Append("\\\"");
                break;
            case '\\':
                _json.Append("\\\\");
                break;
            case '\n':
                _json.Append("\\n");
                break;
            case '\r':
                _json.Append("\\r");
                break;
            case '\t':
                _json.Append("\\t");
                break;
            case < ' ':
                _json.Append("\\u").Append(((int)character).ToString("x4", CultureInfo.InvariantCulture));
                break;
            default:
                _json.Append(character);
                break;
        }
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
