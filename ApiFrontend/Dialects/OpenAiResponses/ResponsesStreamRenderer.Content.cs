using System.Buffers;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>The events within one item: parts of messages, reasoning, arguments of calls.</summary>
internal sealed partial class ResponsesStreamRenderer
{
    private void WriteText(IBufferWriter<byte> output, OutputItem message, in ResponseEvents.Event entry)
    {
        var isRefusal = entry.Kind == EventKind.RefusalDelta;
        if (message.Part?.IsRefusal != isRefusal)
        {
            EndPart(output, message);
            message.Parts.Add(new OutputPart(isRefusal));
            if (BeginPart(output, "response.content_part.added", message))
            {
                output.Write(",\"part\":"u8);
                message.Part!.WriteEmpty(output);
                EventFrames.End(output);
            }
        }

        message.Part!.Append(entry.Payload);
        if (BeginPart(output, isRefusal ? "response.refusal.delta" : "response.output_text.delta", message))
        {
            output.Write(",\"delta\":\""u8);
            JsonText.WriteEscaped(output, entry.Payload);
            output.Write(isRefusal ? "\""u8 : "\",\"logprobs\":[]"u8);
            EventFrames.End(output);
        }
    }

    private void WriteAnnotations(IBufferWriter<byte> output, OutputItem message, ReadOnlySpan<byte> extension)
    {
        foreach (var annotation in Annotations.Read(extension))
        {
            var number = message.Part!.Annotate(annotation);
            if (BeginPart(output, "response.output_text.annotation.added", message))
            {
                output.Write(",\"annotation_index\":"u8);
                JsonOutput.Number(output, number);
                output.Write(",\"annotation\":"u8);
                JsonOutput.Raw(output, annotation);
                EventFrames.End(output);
            }
        }
    }

    private void WriteReasoning(IBufferWriter<byte> output, OutputItem item, ReadOnlySpan<byte> text)
    {
        if (!item.HasText && BeginSummary(output, "response.reasoning_summary_part.added", item))
        {
            output.Write(",\"part\":{\"type\":\"summary_text\",\"text\":\"\"}"u8);
            EventFrames.End(output);
        }

        item.Append(text);
        if (BeginSummary(output, "response.reasoning_summary_text.delta", item))
        {
            output.Write(",\"delta\":"u8);
            JsonOutput.Text(output, text);
            EventFrames.End(output);
        }
    }

    /// <summary>The arguments of a search for tools have no separate events: they are in the item's end.</summary>
    private void WriteArguments(IBufferWriter<byte> output, OutputItem call, ReadOnlySpan<byte> arguments)
    {
        call.Append(arguments);
        if (call.Kind != OutputKind.ToolSearchCall && BeginInItem(output, ArgumentsEvent(call, "delta"), call))
        {
            output.Write(",\"delta\":"u8);
            JsonOutput.Text(output, arguments);
            EventFrames.End(output);
        }
    }

    /// <summary>Writes the ends of what is in an item, before the item's own end.</summary>
    private void EndContent(IBufferWriter<byte> output, OutputItem item)
    {
        switch (item.Kind)
        {
            case OutputKind.Message:
                EndPart(output, item);
                break;
            case OutputKind.Reasoning when item.HasText:
                EndReasoning(output, item);
                break;
            case OutputKind.FunctionCall or OutputKind.CustomCall:
                EndArguments(output, item);
                break;
        }
    }

    private void EndPart(IBufferWriter<byte> output, OutputItem message)
    {
        if (message.Part is not { } part)
        {
            return;
        }

        if (BeginPart(output, part.IsRefusal ? "response.refusal.done" : "response.output_text.done", message))
        {
            output.Write(part.IsRefusal ? ",\"refusal\":"u8 : ",\"text\":"u8);
            part.WriteText(output);
            if (!part.IsRefusal)
            {
                output.Write(",\"logprobs\":"u8);
                part.WriteLogprobs(output);
            }

            EventFrames.End(output);
        }

        if (BeginPart(output, "response.content_part.done", message))
        {
            output.Write(",\"part\":"u8);
            part.Write(output);
            EventFrames.End(output);
        }
    }

    private void EndReasoning(IBufferWriter<byte> output, OutputItem item)
    {
        if (BeginSummary(output, "response.reasoning_summary_text.done", item))
        {
            output.Write(",\"text\":"u8);
            item.WriteText(output);
            EventFrames.End(output);
        }

        if (BeginSummary(output, "response.reasoning_summary_part.done", item))
        {
            output.Write(",\"part\":{\"type\":\"summary_text\",\"text\":"u8);
            item.WriteText(output);
            output.Write("}"u8);
            EventFrames.End(output);
        }
    }

    private void EndArguments(IBufferWriter<byte> output, OutputItem call)
    {
        if (BeginInItem(output, ArgumentsEvent(call, "done"), call))
        {
            if (call.Kind == OutputKind.CustomCall)
            {
                output.Write(",\"input\":"u8);
            }
            else
            {
                call.WriteName(output);
                output.Write(",\"arguments\":"u8);
            }

            call.WriteText(output);
            EventFrames.End(output);
        }
    }

    private static string ArgumentsEvent(OutputItem call, string what) =>
        call.Kind == OutputKind.CustomCall ? $"response.custom_tool_call_input.{what}" : $"response.function_call_arguments.{what}";

    private bool BeginInItem(IBufferWriter<byte> output, string type, OutputItem item)
    {
        if (!_frames.Begin(output, type))
        {
            return false;
        }

        output.Write(",\"item_id\":\""u8);
        JsonOutput.Raw(output, item.Id);
        output.Write("\""u8);
        WriteIndex(output, item);
        return true;
    }

    private bool BeginPart(IBufferWriter<byte> output, string type, OutputItem message)
    {
        if (!BeginInItem(output, type, message))
        {
            return false;
        }

        output.Write(",\"content_index\":"u8);
        JsonOutput.Number(output, message.Parts.Count - 1);
        return true;
    }

    private bool BeginSummary(IBufferWriter<byte> output, string type, OutputItem item)
    {
        if (!BeginInItem(output, type, item))
        {
            return false;
        }

        output.Write(",\"summary_index\":0"u8);
        return true;
    }
}
