using System.Globalization;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Requests;
using FlowGpt.ApiFrontend.Security;
using FlowGpt.ApiFrontend.Turns;
using FlowGpt.Grains.Interfaces.Conversations;

namespace FlowGpt.ApiFrontend.Dialects;

/// <summary>What a dialect calls the responses that it keeps.</summary>
/// <param name="IdPrefix">What their ids start with.</param>
/// <param name="Unknown">The error of an id that the client has no response of.</param>
/// <param name="Deleted">The <c>object</c> of the answer to a deletion.</param>
internal sealed record KeptKind(string IdPrefix, Func<string, ApiError> Unknown, string Deleted);

/// <summary>Finds and deletes kept responses. A request for what is not there is refused here; then nothing more is to be answered.</summary>
internal sealed class KeptResponses(StoredPlaces places)
{
    /// <summary>The response and the conversation that has it; null after a refusal.</summary>
    public async ValueTask<(IConversationGrain Grain, KeptResponse Kept)?> FindAsync(HttpContext context, KeptKind kind, string id)
    {
        if (await OwnerAsync(context, kind, id) is not { } grain)
        {
            return null;
        }

        var (kept, error) = await places.AskAsync(() => grain.GetResponse(id), context.RequestAborted);
        if (kept is not null)
        {
            ApiRequest.Of(context).ResponseId = id;
            return (grain, kept);
        }

        await ApiRequest.Of(context).RefuseAsync(error ?? kind.Unknown(id));
        return null;
    }

    /// <summary>The conversation that an id of this client leads to; null after a refusal.</summary>
    public async ValueTask<IConversationGrain?> OwnerAsync(HttpContext context, KeptKind kind, string id)
    {
        var isReady = await places.IsReadyAsync(context.RequestAborted);
        var grain = isReady ? places.OfResponse(ClientIdentity.Of(context).KeyId, kind.IdPrefix, id) : null;
        if (grain is null)
        {
            await ApiRequest.Of(context).RefuseAsync(isReady ? kind.Unknown(id) : GatewayErrors.Interrupted);
        }

        return grain;
    }

    /// <summary>Deletes a response and answers.</summary>
    public async Task DeleteAsync(HttpContext context, KeptKind kind, string id)
    {
        if (await OwnerAsync(context, kind, id) is not { } grain)
        {
            return;
        }

        var (deleted, error) = await places.AskAsync(() => grain.DeleteResponse(id), context.RequestAborted);
        await (
            deleted
                ? JsonAnswer.SendDeletedAsync(context.Response, id, kind.Deleted).AsTask()
                : ApiRequest.Of(context).RefuseAsync(error ?? kind.Unknown(id))
        );
    }

    /// <summary>Whether a response is asked for as a stream, and after which place. Null when all is well, else the problem.</summary>
    /// <param name="query">The query of the request.</param>
    /// <param name="place">What <c>starting_after</c> counts.</param>
    /// <param name="streams">Whether the response is streamed.</param>
    /// <param name="after">The place; null when the request names none.</param>
    public static ApiError? ReadStream(IQueryCollection query, string place, out bool streams, out long? after)
    {
        after = null;
        var stream = query["stream"].ToString();
        streams = stream is "true" or "True" or "1";
        if (!streams && stream is not ("" or "false" or "False" or "0"))
        {
            return RequestErrors.InvalidValue("stream", stream, "'true' and 'false'");
        }

        var text = query["starting_after"].ToString();
        if (text.Length == 0)
        {
            return null;
        }

        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return RequestErrors.Invalid("starting_after", $"use the number of {place} that you have: 0 or more.");
        }

        after = number;
        return null;
    }
}
