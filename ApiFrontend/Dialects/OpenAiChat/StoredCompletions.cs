using System.Buffers;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.ApiFrontend.Requests;
using FlowGpt.ApiFrontend.Turns;
using FlowGpt.Grains.Interfaces.Conversations;
using FlowGpt.Grains.Interfaces.Turns;
using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiChat;

/// <summary>Shows, streams again, changes and deletes completions that were asked for with <c>store: true</c>.</summary>
internal sealed class StoredCompletions(StoredPlaces places, KeptResponses responses, KeptStream streams, IOptions<FrontendOptions> options)
{
    private static readonly KeptKind Kind = new(ChatDialect.IdPrefix, StoredErrors.NoCompletion, "chat.completion.deleted");

    public async Task GetAsync(HttpContext context, string id)
    {
        var request = ApiRequest.Of(context);
        if (KeptResponses.ReadStream(context.Request.Query, "`data:` frames", out var isStream, out var after) is { } bad)
        {
            await request.RefuseAsync(bad);
            return;
        }

        if (await responses.FindAsync(context, Kind, id) is not var (grain, kept))
        {
            return;
        }

        if (!isStream)
        {
            await (Problem(kept) is { } problem ? request.RefuseAsync(problem) : SendAsync(context, kept));
            return;
        }

        var frames = after ?? 0;
        var shape = ChatShape.Read(kept.Shape);
        var renderer = new ChatStreamRenderer(shape.ToRequest(kept), shape.HeadOf(kept), frames);
        await streams.ServeAsync(request, grain, kept, renderer, frames);
    }

    public Task DeleteAsync(HttpContext context, string id) => responses.DeleteAsync(context, Kind, id);

    public async Task UpdateAsync(HttpContext context, string id)
    {
        var request = ApiRequest.Of(context);
        var (metadata, badBody) = await RequestBodies.ReadAsync(
            context.Request,
            options.Value.MaxRequestBodyBytes,
            body => ReadMetadata(body["metadata"])
        );
        if (metadata is null)
        {
            await request.RefuseAsync(badBody!);
            return;
        }

        if (await responses.FindAsync(context, Kind, id) is not var (grain, kept))
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

    public async Task ListMessagesAsync(HttpContext context, string id)
    {
        var request = ApiRequest.Of(context);
        if (PageQuery.Read(context.Request.Query, isAscending: true, out var page) is { } bad)
        {
            await request.RefuseAsync(bad);
            return;
        }

        if (await responses.OwnerAsync(context, Kind, id) is not { } grain)
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

    private string? ReadMetadata(RequestField metadata)
    {
        if (!metadata.IsGiven)
        {
            metadata.RefuseMissing();
            return null;
        }

        return metadata.IsObject() ? MetadataField.Read(metadata, options.Value.RejectUnknownParameters) : null;
    }
}
