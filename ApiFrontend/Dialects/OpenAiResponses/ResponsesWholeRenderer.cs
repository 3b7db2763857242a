using System.Buffers;
using System.Text;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>Gathers one response and writes the response object. Item ids are made when the response's id is known, at the end.</summary>
internal sealed class ResponsesWholeRenderer(ResponseShape shape) : IWholeRenderer
{
    private readonly List<(ulong Head, byte[] Payload)> _events = [];

    public DateTimeOffset? EndedAt { get; set; }

    public void Add(in ResponseEvents.Event entry) =>
        _events.Add((ResponseEvents.Head(entry.Kind, entry.Item, entry.Payload.Length), entry.Payload.ToArray()));

    public void Clear() => _events.Clear();

    public void Write(IBufferWriter<byte> output, in ResponseHead head, FinishReason reason, TokenUsage usage) =>
        Write(output, ResponseIdentity.Of(head), ResponseState.Of(reason, usage, EndedAt));

    /// <summary>Writes the response as it is.</summary>
    public void Write(IBufferWriter<byte> output, in ResponseIdentity head, ResponseState state)
    {
        using var items = new OutputItems();
        foreach (var (entryHead, payload) in _events)
        {
            Gather(items, new ResponseEvents.Event(entryHead, payload), head.Id);
        }

        ResponseObject.Write(output, head, shape, state, items);
    }

    public void Dispose() => _events.Clear();

    private void Gather(OutputItems items, in ResponseEvents.Event entry, string responseId)
    {
        switch (entry.Kind)
        {
            case EventKind.MessageStarted or EventKind.ReasoningStarted or EventKind.ToolCallStarted:
                items.Start(entry, responseId, shape);
                break;
            case EventKind.OpaqueItem when !OutputItems.IsForeign(entry):
                items.Start(entry, responseId, shape);
                break;
            case EventKind.TextDelta or EventKind.RefusalDelta:
                PartFor(items.Find(entry.Item)!, entry.Kind).Append(entry.Payload);
                break;
            case EventKind.ReasoningDelta or EventKind.ArgumentsDelta:
                items.Find(entry.Item)!.Append(entry.Payload);
                break;
            case EventKind.ReasoningSealed:
                items.Find(entry.Item)!.Seal(Encoding.UTF8.GetString(entry.Payload));
                break;
            case EventKind.Logprobs when shape.IncludesLogprobs:
                items.Find(entry.Item)!.Part?.AddLogprobs(entry.Payload);
                break;
            case EventKind.Extension when items.Find(entry.Item) is { Part: { } part, HasEnded: false }:
                Annotations.Read(entry.Payload).ForEach(annotation => part.Annotate(annotation));
                break;
            case EventKind.ItemEnded when items.Find(entry.Item) is { } ended:
                ended.HasEnded = true;
                break;
        }
    }

    private static OutputPart PartFor(OutputItem message, EventKind kind)
    {
        var isRefusal = kind == EventKind.RefusalDelta;
        if (message.Part?.IsRefusal != isRefusal)
        {
            message.Parts.Add(new OutputPart(isRefusal));
        }

        return message.Part!;
    }
}
