using System.Text.Json;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.OpenAi.Requests;
using FlowGpt.Simulator.OpenAi.Tools;
using FlowGpt.Simulator.Replies;

namespace FlowGpt.Simulator.OpenAi.Chat;

/// <summary>Makes the reply to a chat completion request.</summary>
internal sealed class CompletionComposer
{
    private readonly ReplyComposer _replies = new();
    private readonly ExactReplyRule _exact = new();

    public CompletionPlan Compose(CompletionCall call)
    {
        var settings = call.Behaviour.OpenAi;
        var field = settings.ReasoningField ?? ReasoningField.ReasoningContent;
        var tagged = field == ReasoningField.ThinkTags && settings.Reasoning is { Length: > 0 };
        var calls = settings.Refusal is null ? ToolPlanner.Plan(call.Request, call.Question, settings.Calls) : [];
        var text = settings.Refusal is null && calls.Count == 0 ? Text(call) : Reply.Nothing;
        if (tagged)
        {
            text = Reply.Plan($"<think>{settings.Reasoning}</think>\n\n{text.Text(text.Fragments)}", text.FragmentCharacters, null);
        }

        var (stopped, stop) = Stopped(text, call.Request.Stop);
        return new CompletionPlan
        {
            Reasoning = tagged ? "" : settings.Reasoning ?? "",
            ReasoningField = field,
            HiddenReasoning = settings.HiddenReasoningTokens ?? 0,
            Refusal = settings.Refusal ?? "",
            Text = stopped,
            StoppedBy = stop,
            Calls = calls,
            Budget = call.Request.MaxTokens,
            ForcedFinish = settings.FinishReason,
        };
    }

    private Reply Text(CompletionCall call)
    {
        var request = call.Request;
        if (request.Format != "text")
        {
            var characters = call.Behaviour.FragmentCharacters;
            return Reply.Plan(Structured(call), characters > 0 ? characters : CompletionPlan.ArgumentCharacters, null);
        }

        if (request.Messages[^1].Role == "tool")
        {
            return Reply.Plan(Results(request), call.Behaviour.FragmentCharacters, null);
        }

        return _replies.Compose(new ReplyContext(call.Question, () => Earlier(request)), call.Behaviour);
    }

    private string Structured(CompletionCall call)
    {
        // A server that keeps to a format never says other words, whatever the question dictates.
        if (_exact.TryReply(new ReplyContext(call.Question, static () => [])) is ['{' or '[', ..] exact)
        {
            return exact;
        }

        return call.Request.Schema is { } schema
            ? SchemaSample.Of(schema, call.Question)
            : $$"""{"reply":"{{JsonEncodedText.Encode(call.Question)}}"}""";
    }

    // What the tools gave, by name, in the order of the results.
    private static string Results(CompletionRequest request)
    {
        var names = request.Messages.SelectMany(static message => message.Calls).ToLookup(static made => made.Id, static made => made.Name);
        var results = request.Messages.Reverse().TakeWhile(static message => message.Role == "tool").Reverse();
        return string.Join(" ", results.Select(result => $"{names[result.CallId!].LastOrDefault()} returned {result.Text}."));
    }

    private static ContextMessage[] Earlier(CompletionRequest request)
    {
        var last = request.Messages.Count - 1;
        while (last >= 0 && request.Messages[last].Role != "user")
        {
            last--;
        }

        return [.. request.Messages.Where((_, i) => i != last).Select(static message => new ContextMessage(message.Role, message.Text))];
    }

    private static (Reply Text, string? By) Stopped(Reply reply, IReadOnlyList<string> stops)
    {
        var text = stops.Count == 0 ? "" : reply.Text(reply.Fragments);
        var (by, at) = stops
            .Where(static stop => stop.Length > 0)
            .Select(stop => (Stop: (string?)stop, At: text.IndexOf(stop, StringComparison.Ordinal)))
            .Where(static found => found.At >= 0)
            .OrderBy(static found => found.At)
            .FirstOrDefault();
        return by is null ? (reply, null) : (Reply.Plan(text[..at], reply.FragmentCharacters, null), by);
    }
}
