using System.Collections.Immutable;
using System.Text;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Upstreams.Decorators.Tools;

/// <summary>Asks a model once more for a call that could not be read, or that is missing. One reply each.</summary>
/// <param name="upstream">The upstream, as text.</param>
/// <param name="call">The call that the reply answers, as text.</param>
/// <param name="tools">The tools of the turn.</param>
internal sealed class ToolRepair(IUpstream upstream, UpstreamCall call, ToolSet tools)
{
    /// <summary>The calls of the second answer; empty when there are none, or when no account could be asked.</summary>
    /// <param name="said">What the model said, in the protocol.</param>
    /// <param name="request">What the model is told.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<ImmutableArray<ToolCallText>> AskAsync(string said, string request, CancellationToken cancellationToken)
    {
        if (call.Further is not { } further)
        {
            return [];
        }

        var branch = call with
        {
            Context = [.. call.Context, MessageItem.Of(MessageRole.Assistant, said), MessageItem.Of(MessageRole.User, request)],
            ConversationId = null,
        };
        if (await further.AskAsync(upstream, branch, cancellationToken) is not { } answer)
        {
            return [];
        }

        var collected = new Collected();
        var parser = new ToolReplyParser(tools, collected);
        parser.Push(Encoding.UTF8.GetBytes(answer));
        parser.Finish();
        return tools.Parallel ? [.. collected.Calls] : [.. collected.Calls.Take(1)];
    }

    private sealed class Collected : IToolReplySink
    {
        public List<ToolCallText> Calls { get; } = [];

        public void Text(ReadOnlySpan<byte> text) { }

        public void Thought(ReadOnlySpan<byte> text) { }

        public void Call(ToolCallText call) => Calls.Add(call);

        public void Broken(BrokenCall block) { }
    }
}
