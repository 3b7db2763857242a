using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiCompletions;

/// <summary>Gathers one completion and writes it as a whole.</summary>
internal sealed class CompletionsWholeRenderer(CompletionsRequest request) : IWholeRenderer
{
    private const int LongEnough = 128;

    private readonly PooledBytes _text = new();

    /// <summary>The members that every object of a response begins with, after an opening brace.</summary>
    public static string Head(in ResponseHead head) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"id":"{{head.ResponseId}}","object":"text_completion","created":{{head.CreatedAt.ToUnixTimeSeconds()}},{{head.ModelMembers}},"""
        );

    /// <summary>The finish reason as JSON.</summary>
    public static ReadOnlySpan<byte> ReasonOf(FinishReason reason) =>
        reason switch
        {
            FinishReason.Length => "\"length\""u8,
            FinishReason.ContentFilter => "\"content_filter\""u8,
            _ => "\"stop\""u8,
        };

    public static void WriteUsage(IBufferWriter<byte> output, TokenUsage usage)
    {
        Utf8.TryWrite(
            output.GetSpan(LongEnough),
            $$"""{"prompt_tokens":{{usage.PromptTokens}},"completion_tokens":{{usage.CompletionTokens}},"total_tokens":{{usage.TotalTokens}}}""",
            out var length
        );
        output.Advance(length);
    }

    public void Add(in ResponseEvents.Event entry)
    {
        if (entry.Kind is EventKind.TextDelta or EventKind.RefusalDelta)
        {
            JsonText.WriteEscaped(_text, entry.Payload);
        }
    }

    public void Clear() => _text.Clear();

    public void Write(IBufferWriter<byte> output, in ResponseHead head, FinishReason reason, TokenUsage usage)
    {
        Encoding.UTF8.GetBytes(Head(head), output);
        output.Write("\"choices\":[{\"text\":\""u8);
        JsonText.WriteEscaped(output, Encoding.UTF8.GetBytes(request.Echo));
        output.Write(_text.Written.Span);
        output.Write("\",\"index\":0,\"logprobs\":null,\"finish_reason\":"u8);
        output.Write(ReasonOf(reason));
        output.Write("}],\"usage\":"u8);
        WriteUsage(output, usage);
        output.Write("}"u8);
    }

    public void Dispose() => _text.Dispose();
}
