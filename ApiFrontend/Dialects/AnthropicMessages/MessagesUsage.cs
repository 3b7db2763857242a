using System.Buffers;
using System.Text.Unicode;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Dialects.AnthropicMessages;

/// <summary>Writes the <c>usage</c> object. Input tokens are those that were not read from a cache.</summary>
internal static class MessagesUsage
{
    private const int LongEnough = 256;

    public static void Write(IBufferWriter<byte> output, TokenUsage usage)
    {
        var input = Math.Max(0, usage.PromptTokens - usage.CachedTokens);
        Utf8.TryWrite(
            output.GetSpan(LongEnough),
            $$"""{"input_tokens":{{input}},"cache_creation_input_tokens":0,"cache_read_input_tokens":{{usage.CachedTokens}},"output_tokens":{{usage.CompletionTokens}}}""",
            out var length
        );
        output.Advance(length);
    }
}
