using FlowGpt.Simulator.Behaviour;

namespace FlowGpt.Simulator.Replies;

/// <summary>Makes the reply to a question.</summary>
internal sealed class ReplyComposer
{
    private const string Separators = "a\u2028b\u2029c\u0085d ";

    private readonly IReplyRule[] _dictated = [new ExactReplyRule(), new CodeWordRule(), new ToolReplyRule(), new SchemaReplyRule()];
    private readonly EchoRule _echo = new();

    public Reply Compose(in ReplyContext context, ReplyBehaviour behaviour)
    {
        foreach (var rule in _dictated)
        {
            if (rule.TryReply(context) is { } dictated)
            {
                return Plan(dictated, behaviour, null);
            }
        }

        return Plan(_echo.TryReply(context), behaviour, behaviour.ReplyTokens);
    }

    private static Reply Plan(string text, ReplyBehaviour behaviour, int? tokens)
    {
        var separators = behaviour.LineSeparators ? Separators : "";
        var head = behaviour.Prefix.Length + separators.Length == 0 ? text : behaviour.Prefix + separators + text;
        return Reply.Plan(head, behaviour.FragmentCharacters, tokens);
    }
}
