using System.Buffers;
using System.Globalization;
using System.Text;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiChat;

/// <summary>Gathers one chat completion and writes it as a whole. A tool call that has not ended is left out.</summary>
internal sealed class ChatWholeRenderer(ChatRequest request) : IWholeRenderer
{
    private readonly PooledBytes _text = new();
    private PooledBytes? _refusal;
    private PooledBytes? _reasoning;
    private WholeToolCalls? _calls;
    private DeltaMerge? _logprobs;
    private DeltaMerge? _extensions;

    public void Add(in ResponseEvents.Event entry)
    {
        switch (entry.Kind)
        {
            case EventKind.TextDelta:
                JsonText.WriteEscaped(_text, entry.Payload);
                break;
            case EventKind.RefusalDelta:
                JsonText.WriteEscaped(_refusal ??= new PooledBytes(), entry.Payload);
                break;
            case EventKind.ReasoningDelta:
                JsonText.WriteEscaped(_reasoning ??= new PooledBytes(), entry.Payload);
                break;
            case EventKind.ToolCallStarted:
                (_calls ??= new WholeToolCalls()).Start(entry.Item, ToolCallHead.Read(entry.Payload));
                break;
            case EventKind.ArgumentsDelta:
                _calls?.Append(entry.Item, entry.Payload);
                break;
            case EventKind.ItemEnded:
                _calls?.End(entry.Item);
                break;
            case EventKind.Logprobs:
                (_logprobs ??= new DeltaMerge()).Add(entry.Payload);
                break;
            case EventKind.Extension:
                (_extensions ??= new DeltaMerge()).Add(entry.Payload);
                break;
        }
    }

    public void Clear()
    {
        _text.Clear();
        Release();
    }

    public void Write(IBufferWriter<byte> output, in ResponseHead head, FinishReason reason, TokenUsage usage)
    {
        var start = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"id":"{{head.ResponseId}}","object":"chat.completion","created":{{head.CreatedAt.ToUnixTimeSeconds()}},{{head.ModelMembers}},"choices":[{"index":0,"message":{"role":"assistant","content":"""
        );
        Encoding.UTF8.GetBytes(start, output);
        var hasCalls = _calls is { WholeCount: > 0 };
        WriteText(output, _text.Length == 0 && (hasCalls || _refusal is not null) ? null : _text);
        output.Write(",\"refusal\":"u8);
        WriteText(output, _refusal);
        output.Write(",\"annotations\":[]"u8);
        if (_reasoning is not null)
        {
            output.Write(",\"reasoning_content\":"u8);
            WriteText(output, _reasoning);
        }

        if (hasCalls)
        {
            _calls!.Write(output, request.UsesFunctions);
        }

        _extensions?.WriteMembers(output);
        output.Write("},\"logprobs\":"u8);
        if (_logprobs is null)
        {
            output.Write("null"u8);
        }
        else
        {
            _logprobs.Write(output);
        }

        output.Write(",\"finish_reason\":\""u8);
        output.Write(FinishReasons.ToUtf8(reason, hasCalls, request.UsesFunctions));
        output.Write("\"}],\"usage\":"u8);
        UsageWriter.Write(output, usage);
        if (request.Metadata is { } metadata)
        {
            output.Write(",\"metadata\":"u8);
            Encoding.UTF8.GetBytes(metadata, output);
        }

        output.Write("}"u8);
    }

    public void Dispose()
    {
        _text.Dispose();
        Release();
    }

    private void Release()
    {
        _refusal?.Dispose();
        _reasoning?.Dispose();
        _calls?.Dispose();
        (_refusal, _reasoning, _calls, _logprobs, _extensions) = (null, null, null, null, null);
    }

    private static void WriteText(IBufferWriter<byte> output, PooledBytes? escaped)
    {
        if (escaped is null)
        {
            output.Write("null"u8);
            return;
        }

        output.Write("\""u8);
        output.Write(escaped.Written.Span);
        output.Write("\""u8);
    }
}
