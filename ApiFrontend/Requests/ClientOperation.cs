using FlowGpt.ApiFrontend.Errors;

namespace FlowGpt.ApiFrontend.Requests;

/// <summary>Endpoint metadata of a route for clients, known before its handler runs: a request may be refused before.</summary>
/// <param name="Name">GenAI operation, e.g. <c>chat</c>; see <see cref="ApiRequest.Operation"/>.</param>
/// <param name="ErrorBody">The form of the route's errors.</param>
internal sealed record ClientOperation(string Name, ErrorBody ErrorBody)
{
    /// <summary>See <see cref="ApiRequest.SendsRequestId"/>.</summary>
    public bool SendsRequestId { get; init; }

    /// <summary>See <see cref="ApiRequest.OverloadedStatus"/>.</summary>
    public int OverloadedStatus { get; init; } = StatusCodes.Status503ServiceUnavailable;
}
