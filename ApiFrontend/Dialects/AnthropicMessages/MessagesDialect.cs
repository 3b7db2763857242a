using System.Buffers;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.AnthropicMessages;

/// <summary>Anthropic Messages.</summary>
/// <param name="betas">The request's <c>anthropic-beta</c>: names that may be sent to a provider of this dialect; null when the client sent none.</param>
internal sealed class MessagesDialect(string? betas = null) : IDialect
{
    private const string BetaHeader = "anthropic-beta";

    public string ResponseIdPrefix => "msg_";

    public bool TellsFailureAsItsEnd => true;

    /// <summary>The dialect for one request.</summary>
    public MessagesDialect For(HttpRequest request) =>
        request.Headers[BetaHeader] is { Count: > 0 } sent ? new MessagesDialect(string.Join(',', sent.ToArray())) : this;

    public ApiError? Parse(in ReadOnlySequence<byte> body, bool strict, out DialectRequest? request)
    {
        var error = MessagesBodyReader.Read(body, strict, betas, out var messages);
        request = messages;
        return error;
    }

    public bool MakesFrame(EventKind kind) => MessagesStreamRenderer.MakesFrame(kind);

    public IStreamRenderer RenderStream(DialectRequest request, in ResponseHead head) => new MessagesStreamRenderer(head);

    public IWholeRenderer RenderWhole(DialectRequest request) => new MessagesWholeRenderer();

    public DialectRequest GoOn(DialectRequest request, string shape) => ThreadField.GoOn((MessagesRequest)request, shape);

    public void RenderError(IBufferWriter<byte> output, ApiError error) => MessagesErrors.Write(output, error);
}
