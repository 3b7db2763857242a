using System.Buffers;
using System.Globalization;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.ApiFrontend.Requests;
using FlowGpt.ApiFrontend.Security;
using FlowGpt.ApiFrontend.Turns;
using FlowGpt.Grains.Interfaces.Conversations;
using FlowGpt.Grains.Interfaces.Turns;
using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiChat;

/// <summary>Shows, streams again, changes and deletes completions that were asked for with <c>store: true</c>.</summary>
internal sealed class StoredCompletions(StoredPlaces places, KeptStream streams, IOptions<FrontendOptions> options)
{
    public async Task GetAsync(HttpContext context, string id)
    {
        if (await FindAsync(context, id) is not var (grain, kept))
        {
            return;
        }

        var request = ApiRequest.Of(context);
        if (context.Request.Query["stream"].ToString() is not ("true" or "True" or "1"))
        {
            await (Problem(kept) is { } problem ? request.RefuseAsync(problem) : SendAsync(context, kept));
            return;
        }

        long frames = 0;
        var text = context.Request.Query["starting_after"].ToString();
        if (text.Length > 0 && !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out frames))
        {
            await request.RefuseAsync(
                RequestErrors.Invalid("starting_after", "use the number of `data:` frames that you have: 0 or more.")
            );
            return;
        }

        var shape = ChatShape.Read(kept.Shape);
        var renderer = new ChatStreamRenderer(shape.ToRequest(kept), shape.HeadOf(kept), frames);
        await streams.ServeAsync(request, grain, kept, renderer, frames);
    }

    public async Task UpdateAsync(HttpContext context, string id)
    {
        var request = ApiRequest.Of(context);
        var (metadata, badBody) = await RequestBodies.ReadAsync(
            context.Request,
            options.Value.MaxRequestBodyBytes,
            static body => ReadMetadata(body["metadata"])
        );
        if (metadata is null)
        {
            await request.RefuseAsync(badBody!);
            return;
        }

        if (await FindAsync(context, id) is not var (grain, kept))
        {
            return;
        }

        var shape = (ChatShape.Read(kept.Shape) with { Metadata = metadata }).Write();
        var (changed, error) = await places.AskAsync(() => grain.SetShape(id, shape, metadata), context.RequestAborted);
        await (
            changed is null || Problem(changed) is not null
                ? request.RefuseAsync(error ?? StoredErrors.NoCompletion(id))
                : SendAsync(context, changed)
        );
    }

    public async Task DeleteAsync(HttpContext context, string id)
    {
        if (await OwnerAsync(context, id) is not { } grain)
        {
            return;
        }

        var (deleted, error) = await places.AskAsync(() => grain.DeleteResponse(id), context.RequestAborted);
        await (
            deleted
                ? JsonAnswer.SendDeletedAsync(context.Response, id, "chat.completion.deleted").AsTask()
                : ApiRequest.Of(context).RefuseAsync(error ?? StoredErrors.NoCompletion(id))
        );
    }

    public async Task ListMessagesAsync(HttpContext context, string id)
    {
        var request = ApiRequest.Of(context);
        if (PageQuery.Read(context.Request.Query, isAscending: true, out var page) is { } bad)
        {
            await request.RefuseAsync(bad);
            return;
        }

        if (await OwnerAsync(context, id) is not { } grain)
        {
            return;
        }

        var all = new ItemQuery(int.MaxValue, IsAscending: true, After: null);
        var (input, error) = await places.AskAsync(() => grain.ListInput(id, all), context.RequestAborted);
        if (input is null)
        {
            await request.RefuseAsync(error ?? StoredErrors.NoCompletion(id));
            return;
        }

        var messages = StoredMessages.Of(id, input.Items);
        if (page.Cut(messages, static message => message.Id, out var isAfterUnknown) is var (shown, hasMore) && !isAfterUnknown)
        {
            await JsonAnswer.SendAsync(
                context.Response,
                json => PageQuery.Write(json, shown, static message => message.Id, hasMore, StoredMessages.Write)
            );
            return;
        }

        await request.RefuseAsync(RequestErrors.Invalid("after", "the completion has no message of this id."));
    }

    /// <summary>Why a completion cannot be shown as a whole; null when the completion can.</summary>
    public static ApiError? Problem(KeptResponse kept) =>
        kept.Status == ResponseStatus.Completed ? null
        : kept.Outcome is { } outcome ? TurnErrorMapper.Map(kept.Status, outcome)
        : StoredErrors.NoCompletion(kept.ResponseId) with
        {
            Message = "The chat completion has not ended yet; read it with 'stream=true'.",
        };

    /// <summary>Writes a completion that completed.</summary>
    public static void Write(IBufferWriter<byte> output, KeptResponse kept)
    {
        var shape = ChatShape.Read(kept.Shape);
        using var renderer = new ChatWholeRenderer(shape.ToRequest(kept));
        foreach (var entry in kept.Events)
        {
            renderer.Add(entry);
        }

        renderer.Write(output, shape.HeadOf(kept), kept.Outcome!.FinishReason ?? FinishReason.Stop, kept.Outcome.Usage);
    }

    private static Task SendAsync(HttpContext context, KeptResponse kept) =>
        WholeResponder.SendAsync(context.Response, output => Write(output, kept)).AsTask();

    private static string? ReadMetadata(RequestField metadata)
    {
        if (!metadata.IsGiven)
        {
            metadata.RefuseMissing();
            return null;
        }

        MetadataField.Check(metadata);
        return MetadataReader.Texts(metadata.Value);
    }

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

        await ApiRequest.Of(context).RefuseAsync(error ?? StoredErrors.NoCompletion(id));
        return null;
    }

    private async ValueTask<IConversationGrain?> OwnerAsync(HttpContext context, string id)
    {
        var isReady = await places.IsReadyAsync(context.RequestAborted);
        var grain = isReady ? places.OfResponse(ClientIdentity.Of(context).KeyId, ChatDialect.IdPrefix, id) : null;
        if (grain is null)
        {
            await ApiRequest.Of(context).RefuseAsync(isReady ? StoredErrors.NoCompletion(id) : GatewayErrors.Interrupted);
        }

        return grain;
    }
}
