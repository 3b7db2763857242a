namespace FlowGpt.Simulator.Replies;

/// <summary>
/// A model that was told of tools in its system text: a question that names tools is answered with a call of each, in the form that the text asks for; a question that is
/// a tool's result is answered with that result. "weakly FORM" in the question makes the calls less exact, see <see cref="WeakForms"/>.
/// </summary>
internal sealed class ToolReplyRule : IReplyRule
{
    private const string ResultStart = "<tool_response>";
    private const string ResultEnd = "</tool_response>";
    private const string Demand = "(Answer with a <tool_call>";

    private const string DemandOf = $"{Demand} of ";

    public string? TryReply(in ReplyContext context)
    {
        var question = context.Question;
        var isDemanded = question.Contains(Demand, StringComparison.Ordinal);
        if (!isDemanded && question.Contains(ResultStart, StringComparison.Ordinal))
        {
            return Results(question);
        }

        // Most questions name no tool, and most conversations have none.
        var earlier = context.Earlier();
        var system = string.Concat(earlier.Where(static message => message.Role == "system").Select(static message => message.Text));
        if (!system.Contains(ShownTool.Heading, StringComparison.Ordinal))
        {
            return null;
        }

        var isSecond =
            question.StartsWith("Your call could not", StringComparison.Ordinal)
            || question.StartsWith("Write a <tool_call>", StringComparison.Ordinal);
        var asked = isSecond ? earlier.Last(static message => message.Role == "user").Text : question;
        if (isSecond && asked.Contains("weakly stubborn", StringComparison.Ordinal))
        {
            return "I cannot.";
        }

        if (context.Calls is { Count: > 0 } dictated && !isSecond)
        {
            return WeakForms.Apply(asked, [.. dictated.Select(ShownTool.Call)]);
        }

        var tools = ShownTool.ReadAll(system);
        ShownTool[] called = [.. tools.Where(tool => ToolName.IsIn(asked, tool.Name))];
        var only = asked.IndexOf(DemandOf, StringComparison.Ordinal);
        if (only >= 0)
        {
            called = [.. tools.Where(tool => asked[(only + DemandOf.Length)..].StartsWith($"{tool.Name},", StringComparison.Ordinal))];
        }
        else if (called.Length == 0 && isDemanded)
        {
            called = [.. tools.Take(1)];
        }

        if (called.Length == 0)
        {
            return null;
        }

        string[] calls = [.. called.Select(tool => tool.Call(asked))];
        return WeakForms.Apply(isSecond ? "" : asked, calls);
    }

    /// <summary>What the tools returned, as the OpenAI face says it.</summary>
    private static string Results(string question)
    {
        var said = new List<string>();
        for (
            var at = question.IndexOf(ResultStart, StringComparison.Ordinal);
            at >= 0;
            at = question.IndexOf(ResultStart, at + 1, StringComparison.Ordinal)
        )
        {
            var start = at + ResultStart.Length;
            var end = question.IndexOf(ResultEnd, start, StringComparison.Ordinal);
            var result = question[start..(end < 0 ? question.Length : end)].Trim();
            var colon = result.IndexOf(": ", StringComparison.Ordinal);
            said.Add(colon < 0 ? $"The tool returned {result}." : $"{result[..colon]} returned {result[(colon + 2)..]}.");
        }

        return string.Join(' ', said);
    }
}
