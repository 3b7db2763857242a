using System.Collections.Immutable;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.ApiFrontend.Requests;
using FlowGpt.ApiFrontend.Security;
using FlowGpt.ApiFrontend.Turns;
using FlowGpt.Grains.Interfaces.Conversations;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>Creates, shows, changes and deletes conversations and their items.</summary>
internal sealed class ConversationEndpoints(StoredPlaces places, AddressKeyCache keys, IOptions<FrontendOptions> options)
{
    private const int MostItems = 20;

    public async Task CreateAsync(HttpContext context)
    {
        if (await ReadBodyAsync(context, demandsItems: false) is not { } change)
        {
            return;
        }

        if (!await places.IsReadyAsync(context.RequestAborted))
        {
            await RefuseAsync(context, GatewayErrors.Interrupted);
            return;
        }

        var (id, grain) = places.NewConversation(ClientIdentity.Of(context).KeyId);
        var (info, error) = await places.AskAsync(() => grain.Create(change.Metadata ?? "{}", change.Items), context.RequestAborted);
        await (
            info is null ? RefuseAsync(context, error!)
            : info.FullAt is { } limit ? RefuseAsync(context, StoredErrors.NoRoom(limit))
            : SendAsync(context, id, info)
        );
    }

    public async Task GetAsync(HttpContext context, string id)
    {
        if (await FindAsync(context, id) is { } grain)
        {
            var (info, error) = await places.AskAsync(grain.GetInfo, context.RequestAborted);
            await (info is null ? RefuseAsync(context, error ?? StoredErrors.NoConversation(id)) : SendAsync(context, id, info));
        }
    }

    public async Task UpdateAsync(HttpContext context, string id)
    {
        if (await ReadBodyAsync(context, demandsItems: false) is { } change && await FindAsync(context, id) is { } grain)
        {
            var (info, error) = await places.AskAsync(() => grain.SetMetadata(change.Metadata ?? "{}"), context.RequestAborted);
            await (info is null ? RefuseAsync(context, error ?? StoredErrors.NoConversation(id)) : SendAsync(context, id, info));
        }
    }

    public async Task DeleteAsync(HttpContext context, string id)
    {
        if (await FindAsync(context, id, orNamed: true) is { } grain)
        {
            var (deleted, error) = await places.AskAsync(grain.Delete, context.RequestAborted);
            await (
                deleted
                    ? JsonAnswer.SendDeletedAsync(context.Response, id, "conversation.deleted").AsTask()
                    : RefuseAsync(context, error ?? StoredErrors.NoConversation(id))
            );
        }
    }

    public async Task ListItemsAsync(HttpContext context, string id)
    {
        if (ItemLists.Read(context.Request.Query, out var query) is { } bad)
        {
            await RefuseAsync(context, bad);
        }
        else if (await FindAsync(context, id) is { } grain)
        {
            var (page, error) = await places.AskAsync(() => grain.ListItems(query), context.RequestAborted);
            await (
                page is { IsAfterUnknown: false }
                    ? JsonAnswer.SendAsync(context.Response, json => ItemLists.Write(json, page)).AsTask()
                    : RefuseAsync(context, error ?? (page is null ? StoredErrors.NoConversation(id) : StoredErrors.NoItem(query.After!)))
            );
        }
    }

    public async Task AddItemsAsync(HttpContext context, string id)
    {
        if (await ReadBodyAsync(context, demandsItems: true) is { } change && await FindAsync(context, id) is { } grain)
        {
            var (added, error) = await places.AskAsync(() => grain.AddItems(change.Items), context.RequestAborted);
            await (
                added is { FullAt: { } limit } ? RefuseAsync(context, StoredErrors.NoRoom(limit))
                : added is { IsLocked: false }
                    ? JsonAnswer.SendAsync(context.Response, json => ItemLists.Write(json, new ItemPage(added.Items, false))).AsTask()
                : RefuseAsync(context, error ?? (added is null ? StoredErrors.NoConversation(id) : StoredErrors.Locked))
            );
        }
    }

    public async Task GetItemAsync(HttpContext context, string id, string item)
    {
        if (await FindAsync(context, id) is { } grain)
        {
            var (found, error) = await places.AskAsync(() => grain.FindItem(item), context.RequestAborted);
            await (
                found is { Items: [var one] }
                    ? JsonAnswer.SendAsync(context.Response, json => ItemWriter.Write(json, one)).AsTask()
                    : RefuseAsync(context, error ?? (found is null ? StoredErrors.NoConversation(id) : StoredErrors.NoItem(item)))
            );
        }
    }

    public async Task DeleteItemAsync(HttpContext context, string id, string item)
    {
        if (await FindAsync(context, id) is not { } grain)
        {
            return;
        }

        var (removed, error) = await places.AskAsync(() => grain.RemoveItem(item), context.RequestAborted);
        if (removed is not { Items: [_] })
        {
            var problem =
                removed is null ? StoredErrors.NoConversation(id)
                : removed.IsLocked ? StoredErrors.Locked
                : StoredErrors.NoItem(item);
            await RefuseAsync(context, error ?? problem);
            return;
        }

        var (info, lost) = await places.AskAsync(grain.GetInfo, context.RequestAborted);
        await (info is null ? RefuseAsync(context, lost ?? StoredErrors.NoConversation(id)) : SendAsync(context, id, info));
    }

    private static Task SendAsync(HttpContext context, string id, ConversationInfo info) =>
        JsonAnswer
            .SendAsync(
                context.Response,
                json =>
                {
                    json.WriteStartObject();
                    json.WriteString("id"u8, id);
                    json.WriteString("object"u8, "conversation"u8);
                    json.WriteNumber("created_at"u8, info.CreatedAt.ToUnixTimeSeconds());
                    json.WritePropertyName("metadata"u8);
                    json.WriteRawValue(info.Metadata);
                    json.WriteEndObject();
                }
            )
            .AsTask();

    private static Task RefuseAsync(HttpContext context, ApiError error) => ApiRequest.Of(context).RefuseAsync(error);

    private async ValueTask<IConversationGrain?> FindAsync(HttpContext context, string id, bool orNamed = false)
    {
        if (!await places.IsReadyAsync(context.RequestAborted))
        {
            await RefuseAsync(context, GatewayErrors.Interrupted);
            return null;
        }

        var client = ClientIdentity.Of(context).KeyId;
        var grain = places.OfConversation(client, id) ?? (orNamed ? places.OfNamed(client, id) : null);
        if (grain is null)
        {
            await RefuseAsync(context, StoredErrors.NoConversation(id));
        }

        return grain;
    }

    private async ValueTask<ConversationChange?> ReadBodyAsync(HttpContext context, bool demandsItems)
    {
        var (change, error) = await RequestBodies.ReadAsync(
            context.Request,
            options.Value.MaxRequestBodyBytes,
            body => ReadChange(body, demandsItems, ClientIdentity.Of(context).KeyId),
            demandsItems ? null : new ConversationChange(null, [])
        );
        if (error is not null)
        {
            await RefuseAsync(context, error);
        }

        return change;
    }

    private ConversationChange ReadChange(RequestField body, bool demandsItems, string clientKeyId)
    {
        var metadata = MetadataField.Read(body["metadata"], options.Value.RejectUnknownParameters);
        var items = body["items"].IsGiven ? InputReader.ReadItems(body["items"], text => keys.Open(text, clientKeyId)) : [];
        if (items.FirstOrDefault(ItemReferences.Is) is { } reference)
        {
            var field = body["items"];
            field.Refuse(
                RequestErrors.Invalid(field.Path, $"an 'item_reference' ('{reference.Id}') cannot be stored; send the item that it names.")
            );
        }
        else if (items.Length > MostItems)
        {
            body["items"].Refuse(RequestErrors.ArrayTooLong("items", MostItems, items.Length));
        }
        else if (demandsItems && items.IsEmpty)
        {
            body["items"].Refuse(body["items"].IsGiven ? RequestErrors.EmptyArray("items") : RequestErrors.Missing("items"));
        }

        return new(metadata, items);
    }

    private sealed record ConversationChange(string? Metadata, ImmutableArray<Item> Items);
}
