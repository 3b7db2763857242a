using System.Buffers;
using System.Globalization;

namespace FlowGpt.Grains.Upstreams.Decorators.Json;

/// <content>Strings, numbers and words.</content>
internal ref partial struct LooseJsonReader
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("+-.0123456789eE");

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

    private static bool IsHex(ReadOnlySpan<char> digits) => !digits.ContainsAnyExcept(HexDigits);

    /// <summary>A literal, a number, or text without quotes.</summary>
    private bool ReadWord()
    {
        var from = _at;
        while (_at < _text.Length && _text[_at] is not (',' or '}' or ']' or '{' or '[' or '\n' or '"'))
        {
            _at++;
        }

        var word = _text[from.._at];
        var comment = word.IndexOf(" /");
        if (comment > 0 && word[(comment + 1)..] is ['/', '/' or '*', ..])
        {
            word = word[..comment];
            _at = from + comment;
        }

        word = word.TrimEnd();
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
            word.ContainsAnyExcept(NumberCharacters)
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
}
