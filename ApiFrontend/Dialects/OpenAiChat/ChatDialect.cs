using System.Buffers;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Models;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiChat;

/// <summary>OpenAI Chat Completions.</summary>
internal sealed class ChatDialect : IDialect
{
    /// <summary>What the ids of completions start with.</summary>
    public const string IdPrefix = "chatcmpl-";

    public string ResponseIdPrefix => IdPrefix;

    public ApiError? Parse(in ReadOnlySequence<byte> body, bool strict, out DialectRequest? request)
    {
        var error = ChatBodyReader.Read(body, strict, out var chat);
        request = chat;
        return error;
    }

    public bool MakesFrame(EventKind kind) => ChatStreamRenderer.MakesFrame(kind);

    public IStreamRenderer RenderStream(DialectRequest request, in ResponseHead head) => new ChatStreamRenderer((ChatRequest)request, head);

    public IWholeRenderer RenderWhole(DialectRequest request) => new ChatWholeRenderer((ChatRequest)request);

    public ResponseKeeping? KeepingOf(DialectRequest request, CachedModel model) =>
        ((ChatRequest)request).Metadata is { } metadata
            ? new ResponseKeeping(ChatShape.Of((ChatRequest)request, model).Write(), IsBackground: true, metadata)
            : null;

    public void RenderError(IBufferWriter<byte> output, ApiError error) => ErrorWriter.WriteObject(output, error);
}
