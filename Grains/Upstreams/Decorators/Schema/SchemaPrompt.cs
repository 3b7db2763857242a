using System.Text;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.Grains.Upstreams.Decorators.Schema;

/// <summary>Writes the form that a reply must have into a prompt. Pure.</summary>
internal static class SchemaPrompt
{
    /// <summary>A longer schema is shown as a short type.</summary>
    private const int LongestSchema = 4_000;

    /// <summary>Comes after the question.</summary>
    public const string Demand = "\n\n(Answer with one JSON value and nothing else.)";

    /// <summary>The turn with its format in its instructions.</summary>
    public static TurnRequest Write(TurnRequest turn)
    {
        if (turn.Format is not { } format)
        {
            return turn;
        }

        var described = Describe(format, hasTools: !turn.Tools.IsEmpty && turn.ToolChoice.Mode != ToolChoiceMode.None);
        return turn with { Format = null, Instructions = turn.Instructions is { Length: > 0 } own ? $"{own}\n\n{described}" : described };
    }

    /// <summary>What the model is told when its reply was not in the form.</summary>
    public static string AskAgain(string problem) =>
        $"That is not in the form asked for: {problem} Answer again with the JSON alone: no Markdown, no other text.";

    private static string Describe(ResponseFormat format, bool hasTools)
    {
        var text = new StringBuilder("# Form of the answer\n");
        text.Append(hasTools ? "An answer that calls no tool is " : "The answer is ");
        text.Append("one JSON ")
            .Append(format.Schema is null ? "object" : "value")
            .Append(" and nothing else: no Markdown, no text before or after.");
        if (format.Schema is not { } schema)
        {
            return text.ToString();
        }

        if (format.Description is { Length: > 0 } description)
        {
            text.Append("\nIt is ").Append(description.Trim()).Append('.');
        }

        return schema.Length <= LongestSchema
            ? text.Append("\nIt matches this JSON schema:\n").Append(SchemaCheck.Compact(schema)).ToString()
            : text.Append("\nIt has this type (\"?\" marks what may be left out):\n")
                .Append(SchemaSignature.Of(schema, SignatureDetail.Short))
                .ToString();
    }
}
