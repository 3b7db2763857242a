using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Requests;
using FlowGpt.ApiFrontend.Turns;
using FlowGpt.Grains.Interfaces.Conversations;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>Shows, cancels and deletes kept responses.</summary>
internal sealed class StoredResponses(StoredPlaces places, KeptResponses responses, KeptStream streams)
{
    private static readonly KeptKind Kind = new(ResponsesDialect.IdPrefix, StoredErrors.NoResponse, "response.deleted");

    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan OneRead = TimeSpan.FromSeconds(2);

    public async Task GetAsync(HttpContext context, string id)
    {
        if (KeptResponses.ReadStream(context.Request.Query, "the last event", out var isStream, out var after) is { } bad)
        {
            await ApiRequest.Of(context).RefuseAsync(bad);
            return;
        }

        if (await responses.FindAsync(context, Kind, id) is not var (grain, kept))
        {
            return;
        }

        if (!isStream)
        {
            await SendAsync(context, kept);
            return;
        }

        var skip = after + 1 ?? 0;
        var identity = new ResponseIdentity(kept.ResponseId, kept.CreatedAt, kept.Route);
        using var renderer = new ResponsesStreamRenderer(ShapeJson.Read(kept.Shape), identity, skip);
        await streams.ServeAsync(ApiRequest.Of(context), grain, kept, renderer, skip);
    }

    public Task DeleteAsync(HttpContext context, string id) => responses.DeleteAsync(context, Kind, id);

    public async Task CancelAsync(HttpContext context, string id)
    {
        if (await responses.FindAsync(context, Kind, id) is not var (grain, kept))
        {
            return;
        }

        if (!ShapeJson.Read(kept.Shape).IsBackground)
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

            if (await responses.FindAsync(context, Kind, id) is not var (_, ended))
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

        if (await responses.OwnerAsync(context, Kind, id) is not { } grain)
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
}
