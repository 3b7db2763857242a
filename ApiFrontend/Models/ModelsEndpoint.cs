using System.Text.Encodings.Web;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Http;
using FlowGpt.ApiFrontend.Requests;
using FlowGpt.ApiFrontend.Security;

namespace FlowGpt.ApiFrontend.Models;

/// <summary>
/// <c>GET /v1/models</c> and <c>GET /v1/models/{id}</c>. Beside OpenAI's fields each model says what really answers:
/// <c>description</c>, and <c>demo</c> when it is the built-in simulator.
/// </summary>
internal sealed class ModelsEndpoint
{
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ModelCatalogCache _models;

    public ModelsEndpoint(ModelCatalogCache models) => _models = models;

    public async Task ListAsync(HttpContext context)
    {
        if (await ReadyAsync(context) is var (client, catalog))
        {
            await WriteAsync(context, catalog, client, only: null);
        }
    }

    public async Task GetAsync(HttpContext context)
    {
        if (await ReadyAsync(context, IdOf(context)) is not var (client, catalog))
        {
            return;
        }

        var id = IdOf(context);
        if (catalog.Find(id) is { } model && client.MayUse(model.Entry))
        {
            await WriteAsync(context, catalog, client, model);
        }
        else
        {
            await RefuseUnknownAsync(context, id);
        }
    }

    /// <summary>The id in the route. Routing leaves an encoded slash as it is, since it could not tell it from a real one.</summary>
    public static string IdOf(HttpContext context) =>
        ((string)context.GetRouteValue("id")!).Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    /// <summary>Answers that there is no such model. What is no id at all belongs to a mistyped address, which the pipeline answers.</summary>
    public static Task RefuseUnknownAsync(HttpContext context, string id)
    {
        if (!MistypedAddress.IsRoute(id))
        {
            return ApiRequest.Of(context).RefuseAsync(GatewayErrors.UnknownModel(id));
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private async ValueTask<(ClientIdentity Client, CachedCatalog Catalog)?> ReadyAsync(HttpContext context, string? id = null)
    {
        var known = id is null ? _models.GetListAsync(context.RequestAborted) : _models.GetWithAsync(id, context.RequestAborted);
        if (await known is { } catalog)
        {
            return (ClientIdentity.Of(context), catalog);
        }

        await ApiRequest.Of(context).RefuseAsync(GatewayErrors.Interrupted);
        return null;
    }

    private static async Task WriteAsync(HttpContext context, CachedCatalog catalog, ClientIdentity client, CachedModel? only)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, Json);
        if (only is not null)
        {
            WriteModel(json, only, catalog.IsDemo);
            return;
        }

        json.WriteStartObject();
        json.WriteString("object"u8, "list"u8);
        json.WriteStartArray("data"u8);
        foreach (var model in catalog.Models)
        {
            if (client.MayUse(model.Entry))
            {
                WriteModel(json, model, catalog.IsDemo);
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteModel(Utf8JsonWriter json, CachedModel model, bool demo)
    {
        var entry = model.Entry;
        json.WriteStartObject();
        json.WriteString("id"u8, entry.Id);
        json.WriteString("object"u8, "model"u8);
        json.WriteNumber("created"u8, entry.Created);
        json.WriteString("owned_by"u8, entry.OwnedBy);
        json.WriteString("description"u8, entry.Description);
        if (entry.ContextWindow is { } window)
        {
            json.WriteNumber("context_window"u8, window);
        }
        else
        {
            json.WriteNull("context_window"u8);
        }

        json.WriteBoolean("demo"u8, demo);
        json.WriteEndObject();
    }
}
