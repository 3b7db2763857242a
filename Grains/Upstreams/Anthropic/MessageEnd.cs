using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.Grains.Upstreams.Anthropic;

/// <summary>What a message has beside its blocks: tokens and why the message ended. The end's figures go before the start's.</summary>
/// <param name="isNative">Whether the client speaks this dialect and gets the figures as they are.</param>
internal sealed class MessageEnd(bool isNative)
{
    private readonly JsonObject _usage = [];
    private JsonObject _delta = [];
    private long? _input;
    private long? _output;
    private long _written;
    private long _read;

    /// <summary>Why the message ended; null while the server does not say.</summary>
    public FinishReason? Finish { get; private set; }

    /// <summary>Whether the server gave a reason that has no known meaning.</summary>
    public bool HasUnknownReason { get; private set; }

    /// <summary>Tokens as the server reports them; null when it does not. The prompt includes what was read from and written to a cache.</summary>
    public TokenUsage? Usage =>
        _input is { } input && _output is { } output
            ? new TokenUsage(Clamp(input + _written + _read), Clamp(output), Clamp(_read), Origin: UsageOrigin.Reported)
            : null;

    /// <summary>Takes a message's start.</summary>
    public void TakeStart(JsonElement message)
    {
        if (message.ValueKind == JsonValueKind.Object && message.TryGetProperty("usage", out var usage))
        {
            TakeUsage(usage);
        }
    }

    /// <summary>Takes a message's end.</summary>
    /// <param name="delta">Has <c>stop_reason</c> and what belongs to it.</param>
    /// <param name="usage">The figures; undefined when there are none.</param>
    public void TakeDelta(JsonElement delta, JsonElement usage)
    {
        TakeUsage(usage);
        if (
            delta.ValueKind != JsonValueKind.Object
            || !delta.TryGetProperty("stop_reason", out var reason)
            || reason.ValueKind != JsonValueKind.String
        )
        {
            return;
        }

        Finish = reason.GetString() switch
        {
            "max_tokens" or "model_context_window_exceeded" => FinishReason.Length,
            "tool_use" => FinishReason.ToolCalls,
            "refusal" => FinishReason.ContentFilter,
            "end_turn" or "stop_sequence" or "pause_turn" => FinishReason.Stop,
            // A client of the same dialect gets the word itself.
            _ => isNative ? FinishReason.Stop : null,
        };
        HasUnknownReason = Finish is null;
        if (isNative)
        {
            _delta = [];
            foreach (var name in (ReadOnlySpan<string>)["stop_reason", "stop_sequence", "stop_details"])
            {
                if (delta.TryGetProperty(name, out var value))
                {
                    _delta[name] = JsonNode.Parse(value.GetRawText());
                }
            }
        }
    }

    /// <summary>The end for a client of this dialect.</summary>
    public byte[] ToEvent() =>
        Encoding.UTF8.GetBytes(
            new JsonObject
            {
                ["type"] = "message_delta",
                ["delta"] = _delta.DeepClone(),
                ["usage"] = _usage.DeepClone(),
            }.ToJsonString()
        );

    /// <summary>The start for a client of this dialect; null when the server sent none.</summary>
    public byte[]? ToStartEvent() =>
        _usage.Count == 0
            ? null
            : Encoding.UTF8.GetBytes(new JsonObject { ["type"] = "message_start", ["usage"] = _usage.DeepClone() }.ToJsonString());

    private void TakeUsage(JsonElement usage)
    {
        if (usage.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        _input = Number(usage, "input_tokens") ?? _input;
        _output = Number(usage, "output_tokens") ?? _output;
        _written = Number(usage, "cache_creation_input_tokens") ?? _written;
        _read = Number(usage, "cache_read_input_tokens") ?? _read;
        if (isNative)
        {
            foreach (var figure in usage.EnumerateObject())
            {
                _usage[figure.Name] = JsonNode.Parse(figure.Value.GetRawText());
            }
        }
    }

    private static long? Number(JsonElement usage, string name) =>
        usage.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt64(out var number)
        && number >= 0
            ? number
            : null;

    private static int Clamp(long tokens) => ReportedTokens.Of(tokens);
}
