using System.Globalization;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Requests;
using FlowGpt.ApiFrontend.Security;
using FlowGpt.ApiFrontend.Turns;
using FlowGpt.Grains.Interfaces.Conversations;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>Shows, cancels and deletes kept responses.</summary>
internal sealed class StoredResponses(StoredPlaces places, KeptStream streams)
{
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan OneRead = TimeSpan.FromSeconds(2);

    public async Task GetAsync(HttpContext context, string id)
    {
        if (await FindAsync(context, id) is not var (grain, kept))
        {
            return;
        }

        if (!IsTrue(context.Request.Query["stream"]))
        {
            await SendAsync(context, kept);
            return;
        }

        long after = -1;
        var text = context.Request.Query["starting_after"].ToString();
        if (text.Length > 0 && !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out after))
        {
            await ApiRequest
                .Of(context)
                .RefuseAsync(RequestErrors.Invalid("starting_after", "use the number of the last event that you have: 0 or more."));
            return;
        }

        var identity = new ResponseIdentity(kept.ResponseId, kept.CreatedAt, kept.Route);
        using var renderer = new ResponsesStreamRenderer(ShapeJson.Read(kept.Shape), identity, after + 1);
        await streams.ServeAsync(ApiRequest.Of(context), grain, kept, renderer, after + 1);
    }

    public async Task DeleteAsync(HttpContext context, string id)
    {
        if (await OwnerAsync(context, id) is not { } grain)
        {
            return;
        }

        var (deleted, error) = await places.AskAsync(() => grain.DeleteResponse(id), context.RequestAborted);
        if (error is not null || !deleted)
        {
            await ApiRequest.Of(context).RefuseAsync(error ?? StoredErrors.NoResponse(id));
            return;
        }

        await JsonAnswer.SendDeletedAsync(context.Response, id, "response.deleted");
    }

    public async Task CancelAsync(HttpContext context, string id)
    {
        if (await FindAsync(context, id) is not var (grain, kept))
        {
            return;
        }

        if (!kept.IsTerminal && !ShapeJson.Read(kept.Shape).IsBackground)
        {
            await ApiRequest.Of(context).RefuseAsync(StoredErrors.Synchronous);
            return;
        }

        if (!kept.IsTerminal)
        {
            await places.AskAsync(() => CancelAsync(grain, id), context.RequestAborted);
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
            enough.CancelAfter(EndsWithin);
            var from = 0;
            ResponseSlice? slice = null;
            while (slice is not { IsTerminal: true } && !enough.IsCancellationRequested)
            {
                (slice, _) = await places.AskAsync(() => grain.Read(id, from, OneRead, CancellationToken.None), context.RequestAborted);
                from = slice?.NextSequence ?? from;
            }

            if (await FindAsync(context, id) is not var (_, ended))
            {
                return;
            }

            kept = ended;
        }

        await SendAsync(context, kept);
    }

    public async Task ListInputAsync(HttpContext context, string id)
    {
        if (ItemLists.Read(context.Request.Query, out var query) is { } bad)
        {
            await ApiRequest.Of(context).RefuseAsync(bad);
            return;
        }

        if (await OwnerAsync(context, id) is not { } grain)
        {
            return;
        }

        var (page, error) = await places.AskAsync(() => grain.ListInput(id, query), context.RequestAborted);
        if (page is null or { IsAfterUnknown: true })
        {
            await ApiRequest
                .Of(context)
                .RefuseAsync(error ?? (page is null ? StoredErrors.NoResponse(id) : StoredErrors.NoItem(query.After!)));
            return;
        }

        await JsonAnswer.SendAsync(context.Response, json => ItemLists.Write(json, page));
    }

    private static async ValueTask<bool> CancelAsync(IConversationGrain grain, string id)
    {
        await grain.Cancel(id);
        return true;
    }

    private static ValueTask SendAsync(HttpContext context, KeptResponse kept) =>
        WholeResponder.SendAsync(
            context.Response,
            output =>
            {
                var shape = ShapeJson.Read(kept.Shape);
                using var renderer = new ResponsesWholeRenderer(shape);
                foreach (var entry in kept.Events)
                {
                    renderer.Add(entry);
                }

                renderer.Write(output, new ResponseIdentity(kept.ResponseId, kept.CreatedAt, kept.Route), ResponseState.Of(kept, shape));
            }
        );

    private async ValueTask<(IConversationGrain Grain, KeptResponse Kept)?> FindAsync(HttpContext context, string id)
    {
        if (await OwnerAsync(context, id) is not { } grain)
        {
            return null;
        }

        var (kept, error) = await places.AskAsync(() => grain.GetResponse(id), context.RequestAborted);
        if (kept is not null)
        {
            ApiRequest.Of(context).ResponseId = id;
            return (grain, kept);
        }

        await ApiRequest.Of(context).RefuseAsync(error ?? StoredErrors.NoResponse(id));
        return null;
    }

    private async ValueTask<IConversationGrain?> OwnerAsync(HttpContext context, string id)
    {
        if (!await places.IsReadyAsync(context.RequestAborted))
        {
            await ApiRequest.Of(context).RefuseAsync(GatewayErrors.Interrupted);
            return null;
        }

        var grain = places.OfResponse(ClientIdentity.Of(context).KeyId, ResponsesDialect.IdPrefix, id);
        if (grain is null)
        {
            await ApiRequest.Of(context).RefuseAsync(StoredErrors.NoResponse(id));
        }

        return grain;
    }

    private static bool IsTrue(Microsoft.Extensions.Primitives.StringValues value) => value.ToString() is "true" or "True" or "1";
}
