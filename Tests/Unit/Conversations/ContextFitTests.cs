using System.Collections.Immutable;
using FlowGpt.Grains.Conversations;
using FlowGpt.Grains.Interfaces.Chat;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Conversations;

public sealed class ContextFitTests
{
    [Property]
    public void DropOldest_AnyContext_FitsOrIsDownToRuleAndLastMessage(byte[] sizes, byte limit, bool hasRule)
    {
        ImmutableArray<ChatMessage> context =
        [
            .. hasRule ? [new ChatMessage(ChatRole.System, "rule")] : Array.Empty<ChatMessage>(),
            .. sizes.Select(size => new ChatMessage(ChatRole.User, new string('x', size))),
            new ChatMessage(ChatRole.User, "last"),
        ];
        var all = context.Sum(message => message.Content.Length);

        var (fitted, tokens) = ContextFit.DropOldest(context, all, limit, message => message.Content.Length);

        var rules = hasRule ? 1 : 0;
        Assert.Equal(fitted.Sum(message => message.Content.Length), tokens);
        Assert.True(tokens <= limit || fitted.Length == rules + 1);
        Assert.Equal(context.Take(rules).Concat(context.TakeLast(fitted.Length - rules)), fitted);
        // Nothing is left out that would have fitted.
        if (fitted.Length < context.Length)
        {
            Assert.True(tokens + context[^(fitted.Length - rules + 1)].Content.Length > limit);
        }
    }
}
