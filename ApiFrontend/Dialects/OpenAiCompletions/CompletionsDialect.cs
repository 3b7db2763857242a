using System.Buffers;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiCompletions;

/// <summary>OpenAI's old Completions: a prompt of text becomes a user's message.</summary>
internal sealed class CompletionsDialect : IDialect
{
    public string ResponseIdPrefix => "cmpl-";

    public ApiError? Parse(in ReadOnlySequence<byte> body, bool strict, out DialectRequest? request)
    {
        var error = CompletionsBodyReader.Read(body, strict, out var completion);
        request = completion;
        return error;
    }

    public bool MakesFrame(EventKind kind) => kind is EventKind.TextDelta or EventKind.RefusalDelta;

    public IStreamRenderer RenderStream(DialectRequest request, in ResponseHead head) =>
        new CompletionsStreamRenderer((CompletionsRequest)request, head);

    public IWholeRenderer RenderWhole(DialectRequest request) => new CompletionsWholeRenderer((CompletionsRequest)request);

    public void RenderError(IBufferWriter<byte> output, ApiError error) => ErrorWriter.WriteObject(output, error);
}

/// <summary>A completion request, with what its renderers need.</summary>
internal sealed record CompletionsRequest : DialectRequest
{
    /// <summary>Whether a stream ends with a usage chunk.</summary>
    public bool IncludeUsage { get; init; }

    /// <summary>What the reply's text begins with: the prompt when the client wants it repeated, else empty.</summary>
    public string Echo { get; init; } = "";
}
