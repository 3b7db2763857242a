using System.Text.Json;

namespace FlowGpt.Simulator.Replies;

/// <summary>
/// A model that was told in its system text to answer in JSON: the answer is a sample of the schema. "weakly fenced" puts the JSON in a fence after a sentence, "weakly
/// broken" answers in text at first, "weakly stubborn" always.
/// </summary>
internal sealed class SchemaReplyRule : IReplyRule
{
    private const string Heading = "# Form of the answer";
    private const string Second = "That is not in the form asked for";

    public string? TryReply(in ReplyContext context)
    {
        // Most conversations have no such text: the question's last words say whether this one has.
        var question = context.Question;
        var isSecond = question.StartsWith(Second, StringComparison.Ordinal);
        if (!isSecond && !question.Contains("(Answer with one JSON value", StringComparison.Ordinal))
        {
            return null;
        }

        var earlier = context.Earlier();
        var system = string.Concat(earlier.Where(static message => message.Role == "system").Select(static message => message.Text));
        var heading = system.IndexOf(Heading, StringComparison.Ordinal);
        if (heading < 0)
        {
            return null;
        }

        var asked = isSecond ? earlier.Last(static message => message.Role == "user").Text : question;
        if (
            asked.Contains("weakly stubborn", StringComparison.Ordinal)
            || (!isSecond && asked.Contains("weakly broken", StringComparison.Ordinal))
        )
        {
            return "I would rather write a poem.";
        }

        var json = Sample(system[heading..], asked);
        return asked.Contains("weakly fenced", StringComparison.Ordinal) ? $"Here you are:\n```json\n{json}\n```" : json;
    }

    private static string Sample(string form, string question)
    {
        var start = form.IndexOf('{', StringComparison.Ordinal);
        if (start < 0)
        {
            return """{"answer":"yes"}""";
        }

        using var schema = JsonDocument.Parse(form[start..].Split('\n')[0]);
        return SchemaSample.Of(schema.RootElement, question);
    }
}
