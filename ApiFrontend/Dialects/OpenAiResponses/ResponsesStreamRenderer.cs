using System.Buffers;
using System.Text;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>
/// Writes the events of one streamed response, numbered from 0 without gaps. The place in the stream is that number. What an item is at its end repeats what its deltas
/// brought; a call or reasoning that does not become whole has no end. Whether the last message is complete is known with the response's end only, so the end of
/// a message is written when the next item starts or the response ends.
/// </summary>
/// <param name="shape">What the response shows of its request.</param>
/// <param name="head">The response.</param>
/// <param name="skip">How many events the client has: they are counted and not written.</param>
internal sealed partial class ResponsesStreamRenderer(ResponseShape shape, ResponseIdentity head, long skip = 0)
    : IStreamRenderer,
        IDisposable
{
    private readonly OutputItems _items = new();
    private readonly EventFrames _frames = new(skip);
    private OutputItem? _endedLast;

    public DateTimeOffset? EndedAt { get; set; }

    public TokenUsage? UsageSoFar { get; set; }

    public long Frames => _frames.Next;

    /// <summary>The number of the last event.</summary>
    public long LastPlace => _frames.Next - 1;

    public void Write(IBufferWriter<byte> output, in ResponseEvents.Event entry)
    {
        switch (entry.Kind)
        {
            case EventKind.MessageStarted or EventKind.ReasoningStarted or EventKind.ToolCallStarted:
                StartItem(output, entry);
                break;
            case EventKind.OpaqueItem when !OutputItems.IsForeign(entry):
                EndItem(output, StartItem(output, entry), "completed"u8);
                break;
            case EventKind.TextDelta or EventKind.RefusalDelta:
                WriteText(output, _items.Find(entry.Item)!, entry);
                break;
            case EventKind.ReasoningDelta:
                WriteReasoning(output, _items.Find(entry.Item)!, entry.Payload);
                break;
            case EventKind.ArgumentsDelta:
                WriteArguments(output, _items.Find(entry.Item)!, entry.Payload);
                break;
            case EventKind.ReasoningSealed:
                _items.Find(entry.Item)!.Seal(Encoding.UTF8.GetString(entry.Payload));
                break;
            case EventKind.Logprobs when shape.IncludesLogprobs:
                _items.Find(entry.Item)!.Part?.AddLogprobs(entry.Payload);
                break;
            case EventKind.Extension when _items.Find(entry.Item) is { Part: not null, HasEnded: false } message:
                WriteAnnotations(output, message, entry.Payload);
                break;
            case EventKind.ItemEnded when _items.Find(entry.Item) is { } ended:
                EndContent(output, ended);
                ended.HasEnded = true;
                if (ended.Kind == OutputKind.Message && _items.IsLast(ended))
                {
                    _endedLast = ended;
                }
                else
                {
                    EndItem(output, ended, "completed"u8);
                }

                break;
        }
    }

    public void WriteEnd(IBufferWriter<byte> output, FinishReason reason, TokenUsage usage)
    {
        WriteStart(output);
        var state = ResponseState.Of(reason, usage, EndedAt);
        EndMessages(output, state.IsCompleted ? "completed"u8 : "incomplete"u8);
        EndLast(output, state.IsCompleted ? "completed"u8 : "incomplete"u8);
        WriteResponse(output, state.IsCompleted ? "response.completed" : "response.incomplete", state);
        output.Write("data: [DONE]\n\n"u8);
        _items.Dispose();
    }

    /// <summary>An error event that holds its fields both ways in which clients look for them, and then the failed response. A cancelled response is no error.</summary>
    public void WriteError(IBufferWriter<byte> output, ApiError error)
    {
        WriteStart(output);
        var state = ResponseState.Of(error, shape, EndedAt, UsageSoFar);
        EndMessages(output, "incomplete"u8);
        EndLast(output, "incomplete"u8);
        if (!state.IsCancelled && _frames.Begin(output, "error"))
        {
            output.Write(",\"code\":"u8);
            JsonOutput.Text(output, error.Code ?? error.Type);
            output.Write(",\"message\":"u8);
            JsonOutput.Text(output, error.Message);
            output.Write(",\"param\":"u8);
            JsonOutput.Text(output, error.Param);
            output.Write(",\"error\":{\"type\":"u8);
            JsonOutput.Text(output, error.Type);
            output.Write(",\"code\":"u8);
            JsonOutput.Text(output, error.Code ?? error.Type);
            output.Write(",\"message\":"u8);
            JsonOutput.Text(output, error.Message);
            output.Write(",\"param\":"u8);
            JsonOutput.Text(output, error.Param);
            output.Write("}"u8);
            EventFrames.End(output);
        }

        // SDKs know three last events and throw at any other.
        WriteResponse(output, state.IsCancelled ? "response.incomplete" : $"response.{state.Status}", state);
        output.Write("data: [DONE]\n\n"u8);
        _items.Dispose();
    }

    public void Dispose() => _items.Dispose();

    /// <summary>One line break, not two: an empty event after the comment makes some clients fail.</summary>
    public void WriteHeartbeat(IBufferWriter<byte> output) => output.Write(": ping\n"u8);

    /// <summary>Writes the events that every response begins with, unless they were written.</summary>
    private void WriteStart(IBufferWriter<byte> output)
    {
        if (!_frames.IsAtStart)
        {
            return;
        }

        if (shape.IsBackground)
        {
            WriteResponse(output, "response.created", ResponseState.Queued);
            WriteResponse(output, "response.queued", ResponseState.Queued);
        }
        else
        {
            WriteResponse(output, "response.created", ResponseState.InProgress);
        }

        WriteResponse(output, "response.in_progress", ResponseState.InProgress);
    }

    private void WriteResponse(IBufferWriter<byte> output, string type, ResponseState state)
    {
        if (_frames.Begin(output, type))
        {
            output.Write(",\"response\":"u8);
            ResponseObject.Write(output, head, shape, state, _items);
            EventFrames.End(output);
        }
    }

    private OutputItem StartItem(IBufferWriter<byte> output, in ResponseEvents.Event entry)
    {
        WriteStart(output);
        EndLast(output, "completed"u8);
        var item = _items.Start(entry, head.Id, shape);
        if (_frames.Begin(output, "response.output_item.added"))
        {
            WriteIndex(output, item);
            output.Write(",\"item\":"u8);
            item.WriteStart(output);
            EventFrames.End(output);
        }

        return item;
    }

    private void EndItem(IBufferWriter<byte> output, OutputItem item, ReadOnlySpan<byte> status)
    {
        if (_frames.Begin(output, "response.output_item.done"))
        {
            WriteIndex(output, item);
            output.Write(",\"item\":"u8);
            item.Write(output, status);
            EventFrames.End(output);
        }
    }

    /// <summary>Ends messages that the provider did not end: what there is of their text stands.</summary>
    private void EndMessages(IBufferWriter<byte> output, ReadOnlySpan<byte> status)
    {
        foreach (var item in _items.All.Where(static item => item is { Kind: OutputKind.Message, HasEnded: false }).ToArray())
        {
            EndContent(output, item);
            EndItem(output, item, status);
        }
    }

    /// <summary>Writes the end of the message that was ended last, unless it was written.</summary>
    private void EndLast(IBufferWriter<byte> output, ReadOnlySpan<byte> status)
    {
        if (_endedLast is { } message)
        {
            _endedLast = null;
            EndItem(output, message, status);
        }
    }

    private static void WriteIndex(IBufferWriter<byte> output, OutputItem item)
    {
        output.Write(",\"output_index\":"u8);
        JsonOutput.Number(output, item.OutputIndex);
    }
}
