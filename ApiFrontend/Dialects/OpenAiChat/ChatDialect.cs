using System.Buffers;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiChat;

/// <summary>OpenAI Chat Completions.</summary>
internal sealed class ChatDialect : IDialect
{
    public string ResponseIdPrefix => "chatcmpl-";

    public ApiError? Parse(in ReadOnlySequence<byte> body, bool strict, out DialectRequest? request)
    {
        var error = ChatBodyReader.Read(body, strict, out var chat);
        request = chat;
        return error;
    }

    public bool MakesFrame(EventKind kind) => ChatStreamRenderer.MakesFrame(kind);

    public IStreamRenderer RenderStream(DialectRequest request, in ResponseHead head) => new ChatStreamRenderer((ChatRequest)request, head);

    public IWholeRenderer RenderWhole(DialectRequest request) => new ChatWholeRenderer((ChatRequest)request);

    public void RenderError(IBufferWriter<byte> output, ApiError error) => ErrorWriter.WriteObject(output, error);
}
