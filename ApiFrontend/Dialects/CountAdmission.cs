using FlowGpt.ApiFrontend.Calls;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Security;
using FlowGpt.Grains.Interfaces.Turns;
using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Dialects;

/// <summary>
/// Admits requests that only count tokens. Nothing is sent upstream, but a count takes processor time, so it counts as one request without tokens against the
/// limits of its key.
/// </summary>
internal sealed class CountAdmission(IGrainFactory grains, TimeProvider time, IOptions<FrontendOptions> options)
{
    /// <summary>Why the request may not be counted; null when it may.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="route">The model's route.</param>
    public async ValueTask<ApiError?> AdmitAsync(ClientIdentity client, string route)
    {
        if (client.Terms is not { } terms)
        {
            return null;
        }

        var request = new TurnRequest
        {
            ResponseId = $"count-{Guid.CreateVersion7(time.GetUtcNow()):N}",
            ClientKeyId = client.KeyId,
            Route = route,
            Input = [],
            Terms = terms,
            Timeout = options.Value.RequestTimeout,
        };
        try
        {
            return await grains.GetGrain<ITokenCountGrain>(ITokenCountGrain.Key).Admit(request) is { } error
                ? TurnErrorMapper.Map(error)
                : null;
        }
        catch (Exception exception) when (TransientFailures.Is(exception))
        {
            return GatewayErrors.Interrupted;
        }
    }
}
