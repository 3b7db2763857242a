using FlowGpt.ApiFrontend.Docs;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Http;
using FlowGpt.ApiFrontend.Requests;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>The routes of kept responses and of conversations.</summary>
internal static class ResponsesRoutes
{
    public static void AddResponses(this IServiceCollection services)
    {
        services.AddSingleton<StoredResponses>();
        services.AddSingleton<ConversationEndpoints>();
        services.AddSingleton<InputTokens>();
        services.AddSingleton<ContextSummary>();
        services.AddSingleton<CompactEndpoint>();
    }

    public static void MapResponses(this IEndpointRouteBuilder clients)
    {
        var kept = clients.ServiceProvider.GetRequiredService<StoredResponses>();
        var conversations = clients.ServiceProvider.GetRequiredService<ConversationEndpoints>();
        var compact = clients.ServiceProvider.GetRequiredService<CompactEndpoint>();
        var counts = clients.ServiceProvider.GetRequiredService<InputTokens>();
        var ofResponses = new ClientOperation("responses", ErrorWriter.WriteObject);
        var ofConversations = new ClientOperation("conversations", ErrorWriter.WriteObject);

        clients.MapPost("/responses/compact", compact.HandleAsync).WithMetadata(ofResponses).Describe(ResponsesDocs.Compact);
        clients.MapPost("/responses/input_tokens", counts.CountAsync).WithMetadata(ofResponses).Describe(ResponsesDocs.CountInput);
        clients
            .MapGet("/responses/{id}", context => GetAsync(context, kept, Value(context, "id")))
            .WithMetadata(ofResponses)
            .Describe(ResponsesDocs.Get);
        clients
            .MapDelete("/responses/{id}", context => kept.DeleteAsync(context, Value(context, "id")))
            .WithMetadata(ofResponses)
            .Describe(ResponsesDocs.Delete);
        clients
            .MapPost("/responses/{id}/cancel", context => kept.CancelAsync(context, Value(context, "id")))
            .WithMetadata(ofResponses)
            .Describe(ResponsesDocs.Cancel);
        clients
            .MapGet("/responses/{id}/input_items", context => kept.ListInputAsync(context, Value(context, "id")))
            .WithMetadata(ofResponses)
            .Describe(ResponsesDocs.ListInput);

        clients
            .MapPost("/conversations", conversations.CreateAsync)
            .WithMetadata(ofConversations)
            .Describe(ResponsesDocs.CreateConversation);
        clients
            .MapGet("/conversations/{id}", context => conversations.GetAsync(context, Value(context, "id")))
            .WithMetadata(ofConversations)
            .Describe(ResponsesDocs.GetConversation);
        clients
            .MapPost("/conversations/{id}", context => conversations.UpdateAsync(context, Value(context, "id")))
            .WithMetadata(ofConversations)
            .Describe(ResponsesDocs.UpdateConversation);
        clients
            .MapDelete("/conversations/{id}", context => conversations.DeleteAsync(context, Value(context, "id")))
            .WithMetadata(ofConversations)
            .Describe(ResponsesDocs.DeleteConversation);
        clients
            .MapGet("/conversations/{id}/items", context => conversations.ListItemsAsync(context, Value(context, "id")))
            .WithMetadata(ofConversations)
            .Describe(ResponsesDocs.ListItems);
        clients
            .MapPost("/conversations/{id}/items", context => conversations.AddItemsAsync(context, Value(context, "id")))
            .WithMetadata(ofConversations)
            .Describe(ResponsesDocs.AddItems);
        clients
            .MapGet(
                "/conversations/{id}/items/{item}",
                context => conversations.GetItemAsync(context, Value(context, "id"), Value(context, "item"))
            )
            .WithMetadata(ofConversations)
            .Describe(ResponsesDocs.GetItem);
        clients
            .MapDelete(
                "/conversations/{id}/items/{item}",
                context => conversations.DeleteItemAsync(context, Value(context, "id"), Value(context, "item"))
            )
            .WithMetadata(ofConversations)
            .Describe(ResponsesDocs.DeleteItem);
    }

    /// <summary>What is no id at all belongs to a mistyped address, which the pipeline answers.</summary>
    private static Task GetAsync(HttpContext context, StoredResponses kept, string id)
    {
        if (!MistypedAddress.IsRoute(id))
        {
            return kept.GetAsync(context, id);
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static string Value(HttpContext context, string name) => (string)context.GetRouteValue(name)!;
}
