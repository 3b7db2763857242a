namespace FlowGpt.Simulator.Replies;

/// <summary>
/// How a weak model writes calls: after "weakly" in a question, <c>prose</c> puts a sentence before, <c>fenced</c> puts the JSON in a Markdown fence, <c>quoted</c> takes
/// single quotes, <c>commas</c> leaves one too many, <c>together</c> writes all calls in one block, <c>broken</c> and <c>stubborn</c> leave the JSON out, <c>silent</c>
/// answers in text.
/// </summary>
internal static class WeakForms
{
    public static string Apply(string question, string[] calls)
    {
        var marker = question.IndexOf("weakly ", StringComparison.Ordinal);
        var form = marker < 0 ? "" : question[(marker + 7)..].Split(' ', '.', ',')[0];
        return form switch
        {
            "prose" => $"Let me look that up.\n\n{Blocks(calls)}",
            "fenced" => Blocks(calls, static call => $"```json\n{call}\n```"),
            "quoted" => Blocks(calls, static call => call.Replace('"', '\'')),
            "commas" => Blocks(calls, static call => call.Replace("}", ",}", StringComparison.Ordinal)),
            "together" => Block(string.Join('\n', calls)),
            "broken" or "stubborn" => Blocks(calls, static call => $"{{\"tool\": {call.Length}}}"),
            "silent" => "I would rather talk.",
            _ => Blocks(calls),
        };
    }

    private static string Blocks(string[] calls, Func<string, string>? change = null) =>
        string.Join('\n', calls.Select(call => Block(change?.Invoke(call) ?? call)));

    private static string Block(string body) => $"<tool_call>\n{body}\n</tool_call>";
}
