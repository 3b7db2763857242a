using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Models;
using FlowGpt.ApiFrontend.Requests;
using FlowGpt.ApiFrontend.Security;

namespace FlowGpt.ApiFrontend.Dialects.AnthropicMessages;

/// <summary><c>GET /v1/models</c> and <c>GET /v1/models/{id}</c> for clients that send <c>anthropic-version</c>: the list in Anthropic's form, in pages.</summary>
internal sealed class MessagesModels(ModelCatalogCache models)
{
    private const string VersionHeader = "anthropic-version";

    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whether a client of this dialect asks.</summary>
    public static bool IsAsked(HttpContext context) => context.Request.Headers.ContainsKey(VersionHeader);

    public async Task ListAsync(HttpContext context)
    {
        if (await ReadyAsync(context) is not var (client, catalog))
        {
            return;
        }

        var offered = catalog.Models.Where(model => client.MayUse(model.Entry)).ToList();
        if (ModelPage.Read(context.Request.Query, [.. offered.Select(static model => model.Entry.Id)], out var page) is { } bad)
        {
            await ApiRequest.Of(context).RefuseAsync(bad);
            return;
        }

        offered = offered.GetRange(page.First, page.Count);
        context.Response.ContentType = "application/json; charset=utf-8";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, Json);
        json.WriteStartObject();
        json.WriteStartArray("data"u8);
        foreach (var model in offered)
        {
            WriteModel(json, model);
        }

        json.WriteEndArray();
        json.WriteBoolean("has_more"u8, page.HasMore);
        json.WriteString("first_id"u8, offered.FirstOrDefault()?.Entry.Id);
        json.WriteString("last_id"u8, offered.LastOrDefault()?.Entry.Id);
        json.WriteEndObject();
    }

    public async Task GetAsync(HttpContext context)
    {
        if (await ReadyAsync(context, ModelsEndpoint.IdOf(context)) is not var (client, catalog))
        {
            return;
        }

        var id = ModelsEndpoint.IdOf(context);
        if (catalog.Find(id) is not { } model || !client.MayUse(model.Entry))
        {
            await ModelsEndpoint.RefuseUnknownAsync(context, id);
            return;
        }

        context.Response.ContentType = "application/json; charset=utf-8";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, Json);
        WriteModel(json, model);
    }

    private async ValueTask<(ClientIdentity Client, CachedCatalog Catalog)?> ReadyAsync(HttpContext context, string? id = null)
    {
        var request = ApiRequest.Of(context);
        request.ErrorBody = MessagesErrors.Write;
        request.SendsRequestId = true;
        var known = id is null ? models.GetListAsync(context.RequestAborted) : models.GetWithAsync(id, context.RequestAborted);
        if (await known is { } catalog)
        {
            return (ClientIdentity.Of(context), catalog);
        }

        await request.RefuseAsync(GatewayErrors.Interrupted);
        return null;
    }

    private static void WriteModel(Utf8JsonWriter json, CachedModel model)
    {
        var entry = model.Entry;
        json.WriteStartObject();
        json.WriteString("type"u8, "model"u8);
        json.WriteString("id"u8, entry.Id);
        json.WriteString("display_name"u8, entry.Id);
        json.WriteString(
            "created_at"u8,
            DateTimeOffset.FromUnixTimeSeconds(entry.Created).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
        );
        json.WriteString("lifecycle"u8, "active"u8);
        if (entry.ContextWindow is { } window)
        {
            json.WriteNumber("max_input_tokens"u8, window);
        }
        else
        {
            json.WriteNull("max_input_tokens"u8);
        }

        // Members that clients want to find, and of which nothing is known here.
        json.WriteNull("max_tokens"u8);
        json.WriteNull("capabilities"u8);
        json.WriteNull("line"u8);
        json.WriteNull("deprecated_at"u8);
        json.WriteNull("retires_at"u8);
        json.WriteEndObject();
    }
}
