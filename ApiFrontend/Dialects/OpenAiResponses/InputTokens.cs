using System.Collections.Immutable;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Models;
using FlowGpt.ApiFrontend.Requests;
using FlowGpt.ApiFrontend.Security;
using FlowGpt.ApiFrontend.Turns;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>Counts the tokens of what a request for a response would send, by the gateway's own tokenizer. Nothing is sent, stored or charged; the request counts against the requests of its key.</summary>
internal sealed class InputTokens(
    StoredPlaces places,
    StoredTurns stored,
    ModelCatalogCache models,
    CountAdmission admission,
    CountPlaces counts,
    AddressKeyCache keys,
    IOptions<FrontendOptions> options
)
{
    public async Task CountAsync(HttpContext context)
    {
        if (await ReadAsync(context) is { } read)
        {
            await JsonAnswer.SendAsync(
                context.Response,
                json =>
                {
                    json.WriteStartObject();
                    json.WriteString("object"u8, "response.input_tokens"u8);
                    json.WriteNumber("input_tokens"u8, read.Tokens);
                    json.WriteEndObject();
                }
            );
        }
    }

    /// <summary>The request and the tokens of what it would send; null when the request was refused.</summary>
    /// <param name="context">The request.</param>
    public async ValueTask<CountedInput?> ReadAsync(HttpContext context)
    {
        var request = ApiRequest.Of(context);
        var client = ClientIdentity.Of(context);
        if (!await places.IsReadyAsync(context.RequestAborted))
        {
            await request.RefuseAsync(GatewayErrors.Interrupted);
            return null;
        }

        var (asked, error) = await RequestBodies.ReadAsync(
            context.Request,
            options.Value.MaxRequestBodyBytes,
            body =>
                RequestReader.Read(
                    body,
                    options.Value.RejectUnknownParameters,
                    options.Value.RejectBuiltInTools,
                    text => keys.Open(text, client.KeyId)
                )
        );
        if (asked is null)
        {
            await request.RefuseAsync(error!);
            return null;
        }

        var catalog = await models.GetWithAsync(asked.Model, context.RequestAborted);
        if (catalog?.Find(asked.Model) is not { } model || !client.MayUse(model.Entry))
        {
            await request.RefuseAsync(catalog is null ? GatewayErrors.Interrupted : GatewayErrors.UnknownModel(asked.Model));
            return null;
        }

        request.Model = model.Entry.Id;
        if (await admission.AdmitAsync(client, model.Entry.Id) is { } refused)
        {
            await request.RefuseAsync(refused);
            return null;
        }

        using var counting = await counts.EnterAsync(client.KeyId, context.RequestAborted);
        if (counting is null)
        {
            await request.RefuseAsync(GatewayErrors.TooManyInFlight);
            return null;
        }

        var storing = (asked.Storing ?? new StoreRequest()) with { Keeping = null };
        var (place, unknown) = await stored.PlaceAsync(
            storing,
            ResponsesDialect.IdPrefix,
            client.KeyId,
            null,
            null,
            context.RequestAborted
        );
        if (place is null)
        {
            await request.RefuseAsync(unknown!);
            return null;
        }

        var (withItems, missing) = await stored.FindItemsAsync(asked.Content, storing, client.KeyId, context.RequestAborted);
        if (missing is not null)
        {
            await request.RefuseAsync(missing);
            return null;
        }

        asked = withItems is null ? asked : asked with { Content = withItems };

        var grain = storing.Conversation is { } conversation
            ? places.OfConversation(client.KeyId, conversation)!
            : places.NewConversation(client.KeyId).Grain;
        var turn = new TurnRequest
        {
            ResponseId = "",
            ClientKeyId = client.KeyId,
            Route = model.Entry.Id,
            Input = [.. place.Before, .. asked.Content.Input],
            Instructions = asked.Content.Instructions,
            Tools = asked.Content.Tools,
            Format = asked.Content.Format,
            Continuation = place.Continuation,
            Timeout = options.Value.RequestTimeout,
        };
        var (tokens, failed) = await places.AskAsync(() => grain.CountInput(turn), context.RequestAborted);
        if (tokens is not { } count)
        {
            await request.RefuseAsync(failed ?? StoredErrors.NoConversation(storing.Conversation ?? ""));
            return null;
        }

        return new(asked, turn.Input, count);
    }
}

/// <summary>A request whose input was counted.</summary>
/// <param name="Asked">The request.</param>
/// <param name="Input">Its input, after the context of its previous response.</param>
/// <param name="Tokens">The tokens of what it would send.</param>
internal sealed record CountedInput(ResponsesRequest Asked, ImmutableArray<Item> Input, int Tokens);
