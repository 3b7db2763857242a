using System.Buffers;
using System.Globalization;
using System.Text;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiChat;

/// <summary>
/// Writes the chunks of one streamed chat completion. What all chunks share is prepared once; a chunk of text is then three copies. The place in the stream
/// is a number of <c>data:</c> frames, the role and the end mark included.
/// </summary>
internal sealed class ChatStreamRenderer : IStreamRenderer
{
    private const string TextHead = """
        {"index":0,"delta":{"content":"
        """;

    private readonly byte[] _textPrefix;
    private readonly int _prefixLength;
    private readonly bool _includeUsage;
    private readonly ChatToolCalls _calls;
    private readonly long _skip;

    /// <summary>Prepares the chunks of one response.</summary>
    /// <param name="request">The request.</param>
    /// <param name="head">The response.</param>
    /// <param name="skip">How many frames the client has: they are counted and not written.</param>
    public ChatStreamRenderer(ChatRequest request, in ResponseHead head, long skip = 0)
    {
        _includeUsage = request.IncludeUsage;
        _calls = new ChatToolCalls(request.UsesFunctions);
        _skip = skip;
        var prefix = string.Create(
            CultureInfo.InvariantCulture,
            $$"""data: {"id":"{{head.ResponseId}}","object":"chat.completion.chunk","created":{{head.CreatedAt.ToUnixTimeSeconds()}},{{head.ModelMembers}},"choices":["""
        );
        _prefixLength = Encoding.UTF8.GetByteCount(prefix);
        _textPrefix = Encoding.UTF8.GetBytes(prefix + TextHead);
    }

    /// <inheritdoc/>
    public long Frames { get; private set; }

    private static ReadOnlySpan<byte> DeltaHead => """{"index":0,"delta":"""u8;

    private static ReadOnlySpan<byte> DeltaTail => ""","logprobs":null,"finish_reason":null}]"""u8;

    private static ReadOnlySpan<byte> TextTail => """
            "},"logprobs":null,"finish_reason":null}]
            """u8;

    /// <summary>Whether an event of this kind makes a frame.</summary>
    public static bool MakesFrame(EventKind kind) =>
        kind
            is EventKind.TextDelta
                or EventKind.RefusalDelta
                or EventKind.ReasoningDelta
                or EventKind.ToolCallStarted
                or EventKind.ArgumentsDelta
                or EventKind.Logprobs
                or EventKind.Extension;

    public void Write(IBufferWriter<byte> output, in ResponseEvents.Event entry)
    {
        if (!MakesFrame(entry.Kind))
        {
            if (entry.Kind == EventKind.ItemEnded)
            {
                _calls.End(entry.Item);
            }

            return;
        }

        WriteRole(output, contentIsNull: entry.Kind == EventKind.ToolCallStarted);
        switch (entry.Kind)
        {
            case EventKind.TextDelta:
                if (BeginFrame())
                {
                    output.Write(_textPrefix);
                    JsonText.WriteEscaped(output, entry.Payload);
                    output.Write(TextTail);
                    EndChunk(output);
                }

                break;
            case EventKind.RefusalDelta:
                WriteString(output, "refusal"u8, entry.Payload);
                break;
            case EventKind.ReasoningDelta:
                WriteString(output, "reasoning_content"u8, entry.Payload);
                break;
            case EventKind.ToolCallStarted:
            case EventKind.ArgumentsDelta:
                WriteCall(output, entry);
                break;
            case EventKind.Logprobs:
                WriteLogprobs(output, entry.Payload);
                break;
            default:
                WriteDelta(output, entry.Payload);
                break;
        }
    }

    public void WriteEnd(IBufferWriter<byte> output, FinishReason reason, TokenUsage usage)
    {
        WriteRole(output, contentIsNull: false);
        if (BeginFrame())
        {
            WritePrefix(output);
            output.Write("""{"index":0,"delta":{},"logprobs":null,"finish_reason":"""u8);
            output.Write("\""u8);
            output.Write(FinishReasons.ToUtf8(reason, _calls.HasWhole, _calls.UsesFunctions));
            output.Write("\"}]"u8);
            EndChunk(output);
        }

        if (_includeUsage && BeginFrame())
        {
            WritePrefix(output);
            output.Write("],\"usage\":"u8);
            UsageWriter.Write(output, usage);
            output.Write("}\n\n"u8);
        }

        if (BeginFrame())
        {
            output.Write("data: [DONE]\n\n"u8);
        }
    }

    /// <summary>Neither a finish reason nor the end mark may follow.</summary>
    public void WriteError(IBufferWriter<byte> output, ApiError error)
    {
        if (BeginFrame())
        {
            output.Write("data: "u8);
            ErrorWriter.WriteObject(output, error);
            output.Write("\n\n"u8);
        }
    }

    /// <summary>One line break, not two: an empty event after the comment makes some clients fail (openai-python#2722).</summary>
    public void WriteHeartbeat(IBufferWriter<byte> output) => output.Write(": ping\n"u8);

    /// <summary>Counts a frame. False when the client has it already.</summary>
    private bool BeginFrame() => Frames++ >= _skip;

    /// <summary>Writes the first chunk, which says who speaks, unless it was written.</summary>
    private void WriteRole(IBufferWriter<byte> output, bool contentIsNull)
    {
        if (Frames == 0 && BeginFrame())
        {
            WritePrefix(output);
            output.Write(
                contentIsNull
                    ? """{"index":0,"delta":{"role":"assistant","content":null,"refusal":null},"logprobs":null,"finish_reason":null}]"""u8
                    : """{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}]"""u8
            );
            EndChunk(output);
        }
    }

    private void WriteString(IBufferWriter<byte> output, ReadOnlySpan<byte> member, ReadOnlySpan<byte> text)
    {
        if (BeginFrame())
        {
            WritePrefix(output);
            output.Write(DeltaHead);
            output.Write("{\""u8);
            output.Write(member);
            output.Write("\":\""u8);
            JsonText.WriteEscaped(output, text);
            output.Write("\"}"u8);
            output.Write(DeltaTail);
            EndChunk(output);
        }
    }

    private void WriteCall(IBufferWriter<byte> output, in ResponseEvents.Event entry)
    {
        // The old form of a reply has room for one call.
        if (!_calls.Take(entry))
        {
            return;
        }

        if (BeginFrame())
        {
            WritePrefix(output);
            output.Write(DeltaHead);
            _calls.WriteDelta(output, entry);
            output.Write(DeltaTail);
            EndChunk(output);
        }
    }

    private void WriteLogprobs(IBufferWriter<byte> output, ReadOnlySpan<byte> logprobs)
    {
        if (BeginFrame())
        {
            WritePrefix(output);
            output.Write("""{"index":0,"delta":{},"logprobs":"""u8);
            output.Write(logprobs);
            output.Write(",\"finish_reason\":null}]"u8);
            EndChunk(output);
        }
    }

    private void WriteDelta(IBufferWriter<byte> output, ReadOnlySpan<byte> delta)
    {
        if (BeginFrame())
        {
            WritePrefix(output);
            output.Write(DeltaHead);
            output.Write(delta);
            output.Write(DeltaTail);
            EndChunk(output);
        }
    }

    private void WritePrefix(IBufferWriter<byte> output) => output.Write(_textPrefix.AsSpan(0, _prefixLength));

    private void EndChunk(IBufferWriter<byte> output) => output.Write(_includeUsage ? ",\"usage\":null}\n\n"u8 : "}\n\n"u8);
}
