using System.Collections.Immutable;
using FlowGpt.Grains.Conversations;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Tokens;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Conversations;

public sealed class ItemTokensTests
{
    private static readonly TokenCounter Counter = new();

    private static readonly TurnRequest Turn = new()
    {
        ResponseId = "r",
        ClientKeyId = "k",
        Route = "route",
        Input = [],
        Instructions = "Be brief.",
        Timeout = TimeSpan.FromMinutes(1),
    };

    /// <summary>As a conversation grows, loses items and has them replaced, the count is always that of the present context.</summary>
    [Property(MaxTest = 60)]
    public void CountPrompt_AnyChanges_IsTheCountOfTheContext(byte[] steps)
    {
        var tokens = new ItemTokens(Counter);
        var context = ImmutableArray<Item>.Empty;
        foreach (var step in steps)
        {
            context = (step % 6) switch
            {
                0 when context.Length > 0 => context.RemoveAt(step % context.Length),
                1 => context.Add(new ToolCallItem($"c{step}", "get_weather", "{\"city\":\"Oslo\"}")),
                2 => context.Add(new ToolResultItem($"c{step}", [new TextPart("rain")])),
                3 => [.. context.Select(static item => item with { })],
                _ => context.Add(MessageItem.Of(step % 2 == 0 ? MessageRole.User : MessageRole.Assistant, new string('x', step))),
            };

            Assert.Equal(Counter.CountPrompt(Turn, context.AsSpan()), tokens.CountPrompt(Turn, context));
        }
    }
}
