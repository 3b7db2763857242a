using System.Text.Json;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>Reads the tokens that a server reports. Pure.</summary>
internal static class ChatUsage
{
    /// <summary>The figures of the object that the reader is at, which is read to its end; null when prompt or total is missing.</summary>
    public static TokenUsage? Read(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return null;
        }

        int? prompt = null;
        int? completion = null;
        int? total = null;
        var (cached, reasoning) = (0, 0);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("prompt_tokens"u8))
            {
                prompt = Number(ref json) ?? prompt;
            }
            else if (json.ValueTextEquals("completion_tokens"u8))
            {
                completion = Number(ref json) ?? completion;
            }
            else if (json.ValueTextEquals("total_tokens"u8))
            {
                total = Number(ref json) ?? total;
            }
            else if (json.ValueTextEquals("prompt_cache_hit_tokens"u8))
            {
                cached = Math.Max(cached, Number(ref json) ?? 0);
            }
            else if (json.ValueTextEquals("prompt_tokens_details"u8))
            {
                cached = Math.Max(cached, Detail(ref json, "cached_tokens"u8));
            }
            else if (json.ValueTextEquals("completion_tokens_details"u8))
            {
                reasoning = Math.Max(reasoning, Detail(ref json, "reasoning_tokens"u8));
            }
            else
            {
                json.Read();
                json.Skip();
            }
        }

        completion ??= total is { } all && prompt is { } part ? Math.Max(0, all - part) : null;
        return prompt is { } read && completion is { } made
            ? new TokenUsage(read, made, Math.Min(cached, read), Math.Min(reasoning, made), UsageOrigin.Reported)
            : null;
    }

    private static int Detail(ref Utf8JsonReader json, ReadOnlySpan<byte> name)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return 0;
        }

        var figure = 0;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals(name))
            {
                figure = Number(ref json) ?? 0;
            }
            else
            {
                json.Read();
                json.Skip();
            }
        }

        return figure;
    }

    private static int? Number(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.Number && json.TryGetInt64(out var number))
        {
            return ReportedTokens.Of(number);
        }

        json.Skip();
        return null;
    }
}
