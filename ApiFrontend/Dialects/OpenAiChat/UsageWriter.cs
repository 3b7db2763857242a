using System.Buffers;
using System.Text.Unicode;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiChat;

/// <summary>Writes the <c>usage</c> object with all its details.</summary>
internal static class UsageWriter
{
    private const int LongEnough = 384;

    public static void Write(IBufferWriter<byte> destination, TokenUsage usage)
    {
        Utf8.TryWrite(
            destination.GetSpan(LongEnough),
            $$$"""{"prompt_tokens":{{{usage.PromptTokens}}},"completion_tokens":{{{usage.CompletionTokens}}},"total_tokens":{{{usage.TotalTokens}}},"prompt_tokens_details":{"cached_tokens":{{{usage.CachedTokens}}},"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":{{{usage.ReasoningTokens}}},"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}""",
            out var length
        );
        destination.Advance(length);
    }
}
