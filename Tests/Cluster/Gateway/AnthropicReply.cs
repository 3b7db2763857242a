using System.Text;
using Anthropic.Models.Messages;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>A streamed message as a client assembles it. Fails when the events are not in the order of the API's documentation.</summary>
internal sealed class AnthropicReply
{
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _thinking = new();

    public string Text => _text.ToString();
    public string Thinking => _thinking.ToString();
    public string Signature { get; private set; } = "";
    public List<(string Id, string Name, StringBuilder Input)> Calls { get; } = [];
    public string? StopReason { get; private set; }
    public long InputTokens { get; private set; }
    public long OutputTokens { get; private set; }

    public static async Task<AnthropicReply> ReadAsync(IAsyncEnumerable<RawMessageStreamEvent> events)
    {
        var reply = new AnthropicReply();
        long? open = null;
        var next = 0L;
        var (hasBegun, hasEnded) = (false, false);
        await foreach (var one in events)
        {
            Assert.False(hasEnded, "an event after message_stop");
            if (one.TryPickStart(out _))
            {
                Assert.False(hasBegun);
                hasBegun = true;
                continue;
            }

            Assert.True(hasBegun, "an event before message_start");
            if (one.TryPickContentBlockStart(out var start))
            {
                Assert.Null(open);
                Assert.Equal(next++, start.Index);
                open = start.Index;
                if (start.ContentBlock.TryPickToolUse(out var call))
                {
                    reply.Calls.Add((call.ID, call.Name, new StringBuilder()));
                }
            }
            else if (one.TryPickContentBlockDelta(out var delta))
            {
                Assert.Equal(open, delta.Index);
                reply.Take(delta.Delta);
            }
            else if (one.TryPickContentBlockStop(out var stop))
            {
                Assert.Equal(open, stop.Index);
                open = null;
            }
            else if (one.TryPickDelta(out var end))
            {
                Assert.Null(open);
                reply.StopReason = end.Delta.StopReason?.Raw();
                reply.OutputTokens = end.Usage.OutputTokens;
                reply.InputTokens = end.Usage.InputTokens ?? 0;
            }

            hasEnded = one.TryPickStop(out _);
        }

        Assert.True(hasEnded, "no message_stop");
        return reply;
    }

    private void Take(RawContentBlockDelta delta)
    {
        if (delta.TryPickText(out var text))
        {
            _text.Append(text.Text);
        }
        else if (delta.TryPickInputJson(out var input))
        {
            Calls[^1].Input.Append(input.PartialJson);
        }
        else if (delta.TryPickThinking(out var thinking))
        {
            _thinking.Append(thinking.Thinking);
        }
        else if (delta.TryPickSignature(out var signature))
        {
            Signature += signature.Signature;
        }
    }
}

/// <summary>Requests of the Anthropic SDK, and what is read from its answers.</summary>
internal static class AnthropicAsk
{
    public static MessageCreateParams Of(string text, string model = Gateway.Model) =>
        new()
        {
            Model = model,
            MaxTokens = 500,
            Messages = [new UserMessageParam(text)],
        };

    public static string Text(this ContentBlock block)
    {
        Assert.True(block.TryPickText(out var text));
        return text.Text;
    }

    public static ToolUseBlock Call(this ContentBlock block)
    {
        Assert.True(block.TryPickToolUse(out var call));
        return call;
    }
}
