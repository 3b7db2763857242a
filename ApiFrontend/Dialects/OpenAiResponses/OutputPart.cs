using System.Buffers;
using System.Text.Json;
using FlowGpt.ApiFrontend.Json;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>A part of a message of the response: text or refusal.</summary>
internal sealed class OutputPart(bool isRefusal) : IDisposable
{
    private readonly PooledBytes _text = new();
    private readonly Annotations _annotations = new();
    private PooledBytes? _logprobs;

    public bool IsRefusal => isRefusal;

    public void Append(ReadOnlySpan<byte> text) => _text.Write(text);

    /// <summary>Takes an annotation of the text; gives its number.</summary>
    public int Annotate(string json)
    {
        _annotations.Add(json);
        return _annotations.Count - 1;
    }

    /// <summary>Takes the log probabilities of the text so far: an object with the list <c>content</c>.</summary>
    public void AddLogprobs(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        if (!JsonDocument.TryParseValue(ref reader, out var tree))
        {
            return;
        }

        using (tree)
        {
            if (tree.RootElement.ValueKind != JsonValueKind.Object || !tree.RootElement.TryGetProperty("content", out var list))
            {
                return;
            }

            foreach (var one in list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : default)
            {
                _logprobs ??= new PooledBytes();
                _logprobs.Write(_logprobs.Length == 0 ? ""u8 : ","u8);
                JsonOutput.Raw(_logprobs, one.GetRawText());
            }
        }
    }

    /// <summary>Writes the text as a JSON string.</summary>
    public void WriteText(IBufferWriter<byte> output) => JsonOutput.Text(output, _text.Written.Span);

    /// <summary>Writes the list of log probabilities.</summary>
    public void WriteLogprobs(IBufferWriter<byte> output)
    {
        output.Write("["u8);
        output.Write(_logprobs is null ? [] : _logprobs.Written.Span);
        output.Write("]"u8);
    }

    /// <summary>Writes the part as it is now.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        if (isRefusal)
        {
            output.Write("""{"type":"refusal","refusal":"""u8);
            WriteText(output);
        }
        else
        {
            output.Write("""{"type":"output_text","annotations":["""u8);
            _annotations.Write(output);
            output.Write("],\"text\":"u8);
            WriteText(output);
            output.Write(",\"logprobs\":"u8);
            WriteLogprobs(output);
        }

        output.Write("}"u8);
    }

    /// <summary>Writes the part as it is before its first text.</summary>
    public void WriteEmpty(IBufferWriter<byte> output) =>
        output.Write(
            isRefusal ? """{"type":"refusal","refusal":""}"""u8 : """{"type":"output_text","annotations":[],"text":"","logprobs":[]}"""u8
        );

    public void Dispose()
    {
        _text.Dispose();
        _annotations.Dispose();
        _logprobs?.Dispose();
    }
}
