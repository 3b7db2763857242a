using System.Buffers;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Models;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Dialects;

/// <summary>
/// A client protocol: how a request is read and how its response and its errors are written. Everything between is the same for all dialects. Thread-safe.
/// </summary>
internal interface IDialect
{
    /// <summary>What the ids of responses start with, such as <c>chatcmpl-</c>.</summary>
    string ResponseIdPrefix { get; }

    /// <summary>Whether every frame of a stream is a separate write, since clients read one event a write.</summary>
    bool OneFrameAWrite => false;

    /// <summary>
    /// Whether a stream that fails ends with an event after which clients expect nothing more, so that no partial reply is taken for a whole reply. Elsewhere the connection is cut
    /// off to tell it.
    /// </summary>
    bool TellsFailureAsItsEnd => false;

    /// <summary>Reads and checks a whole body. Null when all is well, else the first problem.</summary>
    /// <param name="body">UTF-8 JSON; not used after the call.</param>
    /// <param name="strict">Whether unknown fields are refused.</param>
    /// <param name="request">The request when there is no error.</param>
    ApiError? Parse(in ReadOnlySequence<byte> body, bool strict, out DialectRequest? request);

    /// <summary>Whether an event of this kind makes a frame of a stream: what is streamed before the first frame may still be started again, or have a status of its own.</summary>
    bool MakesFrame(EventKind kind);

    /// <summary>A renderer of one streamed response.</summary>
    IStreamRenderer RenderStream(DialectRequest request, in ResponseHead head);

    /// <summary>A renderer of one response as a whole.</summary>
    IWholeRenderer RenderWhole(DialectRequest request);

    /// <summary>Writes a response that was accepted and continues in the background; see <see cref="DialectRequest.AnswersAtOnce"/>.</summary>
    void RenderAccepted(IBufferWriter<byte> output, DialectRequest request, in ResponseHead head) =>
        throw new NotSupportedException("The dialect has no responses in the background.");

    /// <summary>What is kept of the response, once its model is known; null for a response that is not kept.</summary>
    ResponseKeeping? KeepingOf(DialectRequest request, CachedModel model) => request.Storing?.Keeping;

    /// <summary>A request with what its parent kept; see <see cref="StoreRequest.InheritsShape"/>.</summary>
    /// <param name="request">The request.</param>
    /// <param name="shape">What is kept of the parent: <see cref="ResponseKeeping.Shape"/>.</param>
    DialectRequest GoOn(DialectRequest request, string shape) => request;

    /// <summary>Writes the body of an error answer: one JSON object.</summary>
    void RenderError(IBufferWriter<byte> output, ApiError error);
}
