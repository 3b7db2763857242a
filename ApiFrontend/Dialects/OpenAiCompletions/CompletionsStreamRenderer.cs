using System.Buffers;
using System.Text;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiCompletions;

/// <summary>Writes the chunks of one streamed completion.</summary>
internal sealed class CompletionsStreamRenderer(CompletionsRequest request, in ResponseHead head) : IStreamRenderer
{
    private readonly byte[] _prefix = Encoding.UTF8.GetBytes("data: " + CompletionsWholeRenderer.Head(head) + "\"choices\":[");
    private bool _hasBegun;

    public void Write(IBufferWriter<byte> output, in ResponseEvents.Event entry)
    {
        if (entry.Kind is EventKind.TextDelta or EventKind.RefusalDelta)
        {
            Begin(output);
            WriteText(output, entry.Payload, "null"u8);
        }
    }

    public void WriteEnd(IBufferWriter<byte> output, FinishReason reason, TokenUsage usage)
    {
        Begin(output);
        WriteText(output, [], CompletionsWholeRenderer.ReasonOf(reason));
        if (request.IncludeUsage)
        {
            output.Write(_prefix);
            output.Write("],\"usage\":"u8);
            CompletionsWholeRenderer.WriteUsage(output, usage);
            output.Write("}\n\n"u8);
        }

        output.Write("data: [DONE]\n\n"u8);
    }

    public void WriteError(IBufferWriter<byte> output, ApiError error)
    {
        output.Write("data: "u8);
        ErrorWriter.WriteObject(output, error);
        output.Write("\n\n"u8);
    }

    public void WriteHeartbeat(IBufferWriter<byte> output) => output.Write(": ping\n"u8);

    private void Begin(IBufferWriter<byte> output)
    {
        if (!_hasBegun)
        {
            _hasBegun = true;
            if (request.Echo.Length > 0)
            {
                WriteText(output, Encoding.UTF8.GetBytes(request.Echo), "null"u8);
            }
        }
    }

    private void WriteText(IBufferWriter<byte> output, ReadOnlySpan<byte> text, ReadOnlySpan<byte> reason)
    {
        output.Write(_prefix);
        output.Write("{\"text\":\""u8);
        JsonText.WriteEscaped(output, text);
        output.Write("\",\"index\":0,\"logprobs\":null,\"finish_reason\":"u8);
        output.Write(reason);
        output.Write(request.IncludeUsage ? "}],\"usage\":null}\n\n"u8 : "}]}\n\n"u8);
    }
}
