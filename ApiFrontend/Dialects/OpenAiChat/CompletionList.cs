using System.Collections.Immutable;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.ApiFrontend.Requests;
using FlowGpt.ApiFrontend.Security;
using FlowGpt.ApiFrontend.Turns;
using FlowGpt.Grains.Interfaces.Conversations;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiChat;

/// <summary>Lists a client's kept completions. Those that run, failed or are gone are left out.</summary>
internal sealed class CompletionList(StoredPlaces places, IGrainFactory grains)
{
    public async Task ListAsync(HttpContext context)
    {
        var request = ApiRequest.Of(context);
        var query = context.Request.Query;
        if (PageQuery.Read(query, isAscending: true, out var page) is { } bad)
        {
            await request.RefuseAsync(bad);
            return;
        }

        if (!await places.IsReadyAsync(context.RequestAborted))
        {
            await request.RefuseAsync(GatewayErrors.Interrupted);
            return;
        }

        var client = ClientIdentity.Of(context).KeyId;
        var asked = new ListQuery(page.Limit, page.IsAscending, page.After, NonEmpty(query["model"].ToString()), NotesOf(query));
        var found = new List<KeptResponse>(page.Limit);
        var hasMore = false;
        for (var isLast = false; !isLast && !hasMore; )
        {
            var (some, error) = await places.AskAsync(
                () => grains.GetGrain<IResponseListGrain>(client).List(asked),
                context.RequestAborted
            );
            if (some is null or { IsAfterUnknown: true })
            {
                await request.RefuseAsync(error ?? RequestErrors.Invalid("after", "there is no kept completion of this id."));
                return;
            }

            isLast = !some.HasMore;
            foreach (var kept in await ReadAsync(client, some.Responses, context.RequestAborted))
            {
                if (found.Count < page.Limit)
                {
                    found.Add(kept);
                }
                else
                {
                    hasMore = true;
                }
            }

            asked = some.Responses.IsEmpty ? asked : asked with { After = some.Responses[^1].ResponseId };
        }

        await JsonAnswer.SendAsync(
            context.Response,
            json => PageQuery.Write(json, found, static kept => kept.ResponseId, hasMore, WriteOne)
        );
    }

    /// <summary>Those of the responses that completed and are still kept.</summary>
    private async Task<IEnumerable<KeptResponse>> ReadAsync(string client, ImmutableArray<ListedResponse> listed, CancellationToken aborted)
    {
        var reads = listed.Select(one => ReadOneAsync(client, one.ResponseId, aborted));
        return (await Task.WhenAll(reads)).OfType<KeptResponse>().Where(static kept => kept.Status == ResponseStatus.Completed);
    }

    private async Task<KeptResponse?> ReadOneAsync(string client, string id, CancellationToken aborted) =>
        places.OfResponse(client, ChatDialect.IdPrefix, id) is { } grain
            ? (await places.AskAsync(() => grain.GetResponse(id), aborted)).Answer
            : null;

    private static void WriteOne(Utf8JsonWriter json, KeptResponse kept)
    {
        using var one = new PooledBytes();
        StoredCompletions.Write(one, kept);
        json.WriteRawValue(one.Written.Span, skipInputValidation: true);
    }

    /// <summary>The notes that are asked for: <c>metadata[name]=value</c>.</summary>
    private static ImmutableDictionary<string, string> NotesOf(IQueryCollection query)
    {
        const string Start = "metadata[";
        var notes = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in query)
        {
            if (name.StartsWith(Start, StringComparison.Ordinal) && name.EndsWith(']'))
            {
                notes[name[Start.Length..^1]] = value.ToString();
            }
        }

        return notes.ToImmutable();
    }

    private static string? NonEmpty(string text) => text.Length == 0 ? null : text;
}
