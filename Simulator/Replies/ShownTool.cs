using System.Globalization;
using System.Text.Json;
using FlowGpt.Simulator.Behaviour;

namespace FlowGpt.Simulator.Replies;

/// <summary>A tool as a system text shows it: <c>- name {argument: type, optional?: type}: description</c>.</summary>
internal sealed record ShownTool(string Name, string Type)
{
    /// <summary>Begins the part of a system text that tells of tools. Clients' own instructions may have the heading without the sentence.</summary>
    public const string Heading = "# Tools\nYou can call tools.";

    /// <summary>The tools of the list that follows the heading; other lists of the text are not tools.</summary>
    public static ShownTool[] ReadAll(string system)
    {
        var lines = system[system.IndexOf(Heading, StringComparison.Ordinal)..].Split('\n');
        return
        [
            .. lines
                .SkipWhile(static line => !IsEntry(line))
                .TakeWhile(static line => line.Length > 0)
                .Where(IsEntry)
                .Select(Read)
                .OfType<ShownTool>(),
        ];
    }

    /// <summary>A call with the arguments that are dictated, a JSON object; none where none are dictated.</summary>
    public static string Call(ScriptedCall call) => $"{{\"name\": \"{call.Name}\", \"arguments\": {call.Arguments ?? "{}"}}}";

    /// <summary>A call with arguments of the right types: a name from the question where text is asked for, a number where one is.</summary>
    public string Call(string question)
    {
        var arguments = Type.StartsWith("string", StringComparison.Ordinal) ? JsonSerializer.Serialize(question) : Value(Type, question);
        return $"{{\"name\": \"{Name}\", \"arguments\": {arguments}}}";
    }

    private static bool IsEntry(string line) => line.StartsWith("- ", StringComparison.Ordinal);

    private static ShownTool? Read(string line)
    {
        var parts = line[2..].Split(' ', 2);
        return parts.Length == 2 ? new(parts[0], parts[1]) : null;
    }

    private static string Value(string type, string question)
    {
        type = type.Trim();
        if (type.StartsWith('{'))
        {
            var members = Members(type[1..End(type)]).Where(static one => !one.IsOptional);
            return $"{{{string.Join(", ", members.Select(one => $"\"{one.Name}\": {Value(one.Type, question)}"))}}}";
        }

        if (type.StartsWith("array of ", StringComparison.Ordinal))
        {
            return $"[{Value(type["array of ".Length..], question)}]";
        }

        if (type.StartsWith('"'))
        {
            return type[..(type.IndexOf('"', 1) + 1)];
        }

        var word = type.Split(' ', '(', '|')[0];
        return word switch
        {
            "integer" or "number" => question
                .Split(' ', '.', ',')
                .FirstOrDefault(static one => int.TryParse(one, CultureInfo.InvariantCulture, out _))
                ?? "1",
            "boolean" => "true",
            "null" => "null",
            _ => JsonSerializer.Serialize(Word(question)),
        };
    }

    private static string Word(string question)
    {
        string[] words =
        [
            .. question
                .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                .Select(static one => one.Trim('.', ',', '?', '!', '"', ':', '(', ')')),
        ];
        return words.Skip(1).LastOrDefault(static one => one.Length > 1 && char.IsUpper(one[0]) && one != "Answer") ?? "text";
    }

    /// <summary>The members of an object's type: split at commas that stand in no brackets and no text.</summary>
    private static IEnumerable<(string Name, bool IsOptional, string Type)> Members(string text)
    {
        var (depth, start, isText) = (0, 0, false);
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && (isText || text[i] != ',' || depth > 0))
            {
                isText ^= text[i] == '"';
                depth +=
                    isText ? 0
                    : text[i] is '{' or '(' ? 1
                    : text[i] is '}' or ')' ? -1
                    : 0;
                continue;
            }

            var colon = text.IndexOf(": ", start, StringComparison.Ordinal);
            if (colon > 0 && colon < i)
            {
                var name = text[start..colon].Trim();
                yield return (name.TrimEnd('?'), name.EndsWith('?'), text[(colon + 2)..i]);
            }

            start = i + 1;
        }
    }

    private static int End(string type)
    {
        var depth = 0;
        for (var i = 0; i < type.Length; i++)
        {
            depth +=
                type[i] == '{' ? 1
                : type[i] == '}' ? -1
                : 0;
            if (depth == 0)
            {
                return i;
            }
        }

        return type.Length;
    }
}
