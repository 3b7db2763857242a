using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.ApiFrontend.Models;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Chat;

/// <summary>
/// Writes the server-sent events of one streamed chat completion. What all chunks share is prepared once; a chunk is then
/// three copies. Nothing is flushed here, so that events which are ready together leave together.
/// </summary>
internal sealed class ChatChunkWriter
{
    private const string TextHead = """
        {"index":0,"delta":{"content":"
        """;

    private readonly PipeWriter _output;
    private readonly byte[] _textPrefix;
    private readonly int _prefixLength;
    private readonly bool _includeUsage;

    /// <summary>Prepares the chunks of one response.</summary>
    public ChatChunkWriter(PipeWriter output, string responseId, DateTimeOffset createdAt, CachedModel model, bool includeUsage)
    {
        _output = output;
        _includeUsage = includeUsage;
        var prefix = string.Create(
            CultureInfo.InvariantCulture,
            $$"""data: {"id":"{{responseId}}","object":"chat.completion.chunk","created":{{createdAt.ToUnixTimeSeconds()}},{{model.JsonMembers}},"choices":["""
        );
        _prefixLength = Encoding.UTF8.GetByteCount(prefix);
        _textPrefix = Encoding.UTF8.GetBytes(prefix + TextHead);
    }

    private static ReadOnlySpan<byte> RoleChoice =>
        """{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}]"""u8;

    private static ReadOnlySpan<byte> TextTail => """
            "},"logprobs":null,"finish_reason":null}]
            """u8;

    private static ReadOnlySpan<byte> FinishHead =>
        """
            {"index":0,"delta":{},"logprobs":null,"finish_reason":"
            """u8;

    /// <summary>The first chunk: who speaks.</summary>
    public void WriteRole()
    {
        WritePrefix();
        _output.Write(RoleChoice);
        EndChunk();
    }

    /// <summary>A piece of the reply, in whole characters.</summary>
    public void WriteText(ReadOnlySpan<byte> text)
    {
        _output.Write(_textPrefix);
        JsonText.WriteEscaped(_output, text);
        _output.Write(TextTail);
        EndChunk();
    }

    /// <summary>The end of the text, then the usage if it was asked for, then the end mark of the stream.</summary>
    public void WriteEnd(FinishReason reason, TokenUsage usage)
    {
        WritePrefix();
        _output.Write(FinishHead);
        _output.Write(FinishReasons.ToUtf8(reason));
        _output.Write("\"}]"u8);
        EndChunk();
        if (_includeUsage)
        {
            WritePrefix();
            _output.Write("],\"usage\":"u8);
            UsageWriter.Write(_output, usage);
            _output.Write("}\n\n"u8);
        }

        _output.Write("data: [DONE]\n\n"u8);
    }

    /// <summary>Why the reply breaks off. Nothing may follow: neither a finish reason nor the end mark.</summary>
    public void WriteError(ApiError error)
    {
        _output.Write("data: "u8);
        ErrorWriter.WriteObject(_output, error);
        _output.Write("\n\n"u8);
    }

    /// <summary>
    /// A comment that keeps proxies from closing a silent stream. One line break, not two: an empty event after it makes some
    /// clients fail (openai-python#2722).
    /// </summary>
    public void WriteHeartbeat() => _output.Write(": ping\n"u8);

    private void WritePrefix() => _output.Write(_textPrefix.AsSpan(0, _prefixLength));

    private void EndChunk() => _output.Write(_includeUsage ? ",\"usage\":null}\n\n"u8 : "}\n\n"u8);
}
