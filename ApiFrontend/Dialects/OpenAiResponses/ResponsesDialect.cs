using System.Buffers;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Addresses;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>OpenAI Responses.</summary>
/// <param name="refusesBuiltInTools">Whether a request that offers tools which only OpenAI runs is refused; else they are left out.</param>
/// <param name="open">Opens what the gateway sealed for the client to carry; null for anything else.</param>
internal sealed class ResponsesDialect(bool refusesBuiltInTools, Func<string, byte[]?> open) : IDialect
{
    /// <summary>What the ids of responses start with.</summary>
    public const string IdPrefix = ItemIds.ResponsePrefix;

    public string ResponseIdPrefix => IdPrefix;

    public bool OneFrameAWrite => true;

    public bool TellsFailureAsItsEnd => true;

    /// <summary>The dialect for the requests of one client.</summary>
    /// <param name="clientKeyId">Id of the client's key.</param>
    /// <param name="openFor">Opens a text that was sealed for the client of a key.</param>
    public ResponsesDialect For(string clientKeyId, Func<string, string, byte[]?> openFor) =>
        new(refusesBuiltInTools, text => openFor(text, clientKeyId));

    public ApiError? Parse(in ReadOnlySequence<byte> body, bool strict, out DialectRequest? request)
    {
        var error = ParsedBody.Read(body, fields => RequestReader.Read(fields, strict, refusesBuiltInTools, open), out var read);
        request = read;
        return error;
    }

    public bool MakesFrame(EventKind kind) => kind is not (EventKind.Logprobs or EventKind.Extension or EventKind.ReasoningSealed);

    public IStreamRenderer RenderStream(DialectRequest request, in ResponseHead head) =>
        new ResponsesStreamRenderer(((ResponsesRequest)request).Shape, ResponseIdentity.Of(head));

    public IWholeRenderer RenderWhole(DialectRequest request) => new ResponsesWholeRenderer(((ResponsesRequest)request).Shape);

    public void RenderAccepted(IBufferWriter<byte> output, DialectRequest request, in ResponseHead head) =>
        ResponseObject.Write(output, ResponseIdentity.Of(head), ((ResponsesRequest)request).Shape, ResponseState.Queued, null);

    public void RenderError(IBufferWriter<byte> output, ApiError error) => ErrorWriter.WriteObject(output, Own(error));

    /// <summary>An error with this dialect's name of the field: a turn names the fields of Chat.</summary>
    private static ApiError Own(ApiError error) =>
        error.Param switch
        {
            "messages" => error.Renamed("input"),
            "max_tokens" or "max_completion_tokens" => error.Renamed("max_output_tokens"),
            "response_format" => error.Renamed("text.format"),
            "logprobs" => error.Renamed("include"),
            _ => error,
        };
}
