using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Dialects.AnthropicMessages;

/// <summary>Stop reasons as the API spells them.</summary>
internal static class StopReasons
{
    /// <param name="reason">Why the reply ended.</param>
    /// <param name="hasCalls">Whether the reply has whole tool calls: some providers say "stop" all the same.</param>
    /// <param name="hasRefusal">Whether the model said why it does not answer.</param>
    public static ReadOnlySpan<byte> ToUtf8(FinishReason reason, bool hasCalls, bool hasRefusal) =>
        reason switch
        {
            FinishReason.Length => "max_tokens"u8,
            FinishReason.ContentFilter => "refusal"u8,
            _ when hasCalls => "tool_use"u8,
            _ when hasRefusal => "refusal"u8,
            _ => "end_turn"u8,
        };
}
