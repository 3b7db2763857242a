using System.Text.RegularExpressions;
using FlowGpt.Simulator.Json;

namespace FlowGpt.Simulator.Behaviour;

/// <summary>
/// Reads directives out of a question: <c>[[sim: tokens=64 first=50ms per=20ms fault=reset-after:10]]</c>. Settings are separated by
/// spaces, a switch needs no value, and a value with spaces stands in double quotes or is, or ends with, a JSON object. They hold for that request only.
/// </summary>
internal static partial class DirectiveParser
{
    private const string Opening = "[[sim:";

    private delegate BehaviourSettings? Reader(BehaviourSettings settings, string value);

    private static readonly Dictionary<string, Reader> Readers = new(StringComparer.OrdinalIgnoreCase)
    {
        ["tokens"] = (s, v) => OpenAiDirectives.Number(v) is { } n ? s with { ReplyTokens = n } : null,
        ["chars"] = (s, v) => OpenAiDirectives.Number(v) is { } n ? s with { FragmentCharacters = n } : null,
        ["first"] = (s, v) => DurationText.TryParse(v, out var d) ? s with { FirstTokenDelay = d } : null,
        ["per"] = (s, v) => DurationText.TryParse(v, out var d) ? s with { TokenDelay = d } : null,
        ["prefix"] = (s, v) => s with { Prefix = v },
        ["flush"] = (s, v) => OpenAiDirectives.Switch(v) is { } b ? s with { FlushEachToken = b } : null,
        ["cr"] = (s, v) => OpenAiDirectives.Switch(v) is { } b ? s with { CarriageReturns = b } : null,
        ["blank"] = (s, v) => OpenAiDirectives.Switch(v) is { } b ? s with { BlankLines = b } : null,
        ["separators"] = (s, v) => OpenAiDirectives.Switch(v) is { } b ? s with { LineSeparators = b } : null,
        ["escape"] = (s, v) => OpenAiDirectives.Switch(v) is { } b ? s with { EscapeNonAscii = b } : null,
        ["no-last-line-end"] = (s, v) => OpenAiDirectives.Switch(v) is { } b ? s with { OmitLastLineEnd = b } : null,
        ["split"] = (s, v) => OpenAiDirectives.Switch(v) is { } b ? s with { SplitCharacters = b } : null,
        ["events"] = (s, v) => OpenAiDirectives.Switch(v) is { } b ? s with { NonTextEvents = b } : null,
        ["garbage"] = (s, v) => OpenAiDirectives.Switch(v) is { } b ? s with { GarbageLines = b } : null,
        ["error"] = (s, v) => KebabName<ErrorShape>.TryParse(v, out var shape) ? s with { ErrorShape = shape } : null,
        ["fault"] = ReadFault,
        ["retry-after"] = (s, v) =>
            OpenAiDirectives.Number(v) is { } n ? s with { Fault = (s.Fault ?? new FaultSettings()) with { RetryAfterSeconds = n } } : null,
    };

    public static Directive Parse(string question)
    {
        if (!question.Contains(Opening, StringComparison.Ordinal))
        {
            return new Directive(question, null, null);
        }

        var settings = new BehaviourSettings();
        foreach (Match directive in Directives().Matches(question))
        {
            foreach (Match setting in Settings().Matches(directive.Groups["settings"].Value))
            {
                var key = setting.Groups["key"].Value;
                var value = setting.Groups["quoted"].Success ? setting.Groups["quoted"].Value : setting.Groups["value"].Value;
                if (!Readers.ContainsKey(key) && !OpenAiDirectives.Readers.ContainsKey(key))
                {
                    return Wrong($"'{key}' is unknown; known are {string.Join(", ", Readers.Keys.Concat(OpenAiDirectives.Readers.Keys))}");
                }

                if (Read(settings, key, value) is not { } changed)
                {
                    return Wrong($"{key}: '{value}' is not a value for it");
                }

                settings = changed;
            }
        }

        var problems = BehaviourRules.Problems(settings).Select(problem => $"{problem.Field} {problem.Problem}").ToArray();
        return problems.Length > 0 ? Wrong(string.Join("; ", problems)) : new Directive(Strip(question), settings, null);

        Directive Wrong(string problem) => new(question, null, "sim directive: " + problem);
    }

    private static BehaviourSettings? Read(BehaviourSettings settings, string key, string value)
    {
        if (Readers.TryGetValue(key, out var read))
        {
            return read(settings, value);
        }

        var changed = OpenAiDirectives.Readers[key](settings.OpenAi ?? new OpenAiSettings(), value);
        return changed is null ? null : settings with { OpenAi = changed };
    }

    private static string Strip(string question) =>
        Directives().Replace(question, match => match.Index == 0 ? "" : match.Groups["after"].Value);

    private static BehaviourSettings? ReadFault(BehaviourSettings settings, string value)
    {
        var parts = value.Split(':', 2);
        if (!KebabName<FaultKind>.TryParse(parts[0], out var kind))
        {
            return null;
        }

        if (kind == FaultKind.Status)
        {
            return settings with
            {
                Fault = (settings.Fault ?? new FaultSettings()) with { Kind = kind, Status = OpenAiDirectives.Number(parts[^1]) },
            };
        }

        var after = parts.Length == 1 ? 0 : OpenAiDirectives.Number(parts[1]);
        return after is { } count
            ? settings with
            {
                Fault = (settings.Fault ?? new FaultSettings()) with { Kind = kind, After = count },
            }
            : null;
    }

    // White space before a directive goes with it, and white space after one that starts the question.
    [GeneratedRegex(@"\s*\[\[sim:(?<settings>.*?)\]\](?<after>\s*)", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Directives();

    [GeneratedRegex(
        """(?<key>[^\s="]+)(?:=(?:"(?<quoted>[^"]*)"|(?<value>[^\s"{]*(?:\{(?>[^{}]+|\{(?<open>)|\}(?<-open>))*(?(open)(?!))\})?)))?""",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Settings();
}
