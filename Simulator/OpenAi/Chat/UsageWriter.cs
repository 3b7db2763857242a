using System.Text.Json;

namespace FlowGpt.Simulator.OpenAi.Chat;

/// <summary>Writes what a completion has used so far.</summary>
internal static class UsageWriter
{
    public static void Write(Utf8JsonWriter writer, CompletionCall call, CompletionPlan plan)
    {
        var prompt = call.Request.PromptTokens;
        var completion = call.Text.Fragments + call.OtherTokens;
        writer.WriteStartObject("usage"u8);
        writer.WriteNumber("prompt_tokens"u8, prompt);
        writer.WriteNumber("completion_tokens"u8, completion);
        writer.WriteNumber("total_tokens"u8, prompt + completion);
        writer.WriteStartObject("prompt_tokens_details"u8);
        writer.WriteNumber("cached_tokens"u8, Math.Min(prompt, call.Behaviour.OpenAi.CachedTokens ?? 0));
        writer.WriteNumber("audio_tokens"u8, 0);
        writer.WriteEndObject();
        writer.WriteStartObject("completion_tokens_details"u8);
        writer.WriteNumber("reasoning_tokens"u8, Math.Min(completion, plan.ReasoningTokens));
        writer.WriteNumber("audio_tokens"u8, 0);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
