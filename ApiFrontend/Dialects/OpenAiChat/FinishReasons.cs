using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiChat;

/// <summary>Finish reasons as the API spells them; SDKs fail on any other value.</summary>
internal static class FinishReasons
{
    /// <param name="reason">Why the reply ended.</param>
    /// <param name="hasCalls">Whether the reply has whole tool calls: some providers say "stop" all the same, and clients would not make the calls.</param>
    /// <param name="usesFunctions">Whether the client knows only the old form of a call.</param>
    public static ReadOnlySpan<byte> ToUtf8(FinishReason reason, bool hasCalls, bool usesFunctions) =>
        reason switch
        {
            FinishReason.Length => "length"u8,
            FinishReason.ContentFilter => "content_filter"u8,
            FinishReason.Stop or FinishReason.ToolCalls when hasCalls => usesFunctions ? "function_call"u8 : "tool_calls"u8,
            _ => "stop"u8,
        };
}
