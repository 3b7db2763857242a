using FlowGpt.ApiFrontend.Docs;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Requests;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiChat;

/// <summary>The routes of kept completions.</summary>
internal static class StoredChatRoutes
{
    public static void AddStoredChat(this IServiceCollection services)
    {
        services.AddSingleton<StoredCompletions>();
        services.AddSingleton<CompletionList>();
    }

    public static void MapStoredChat(this IEndpointRouteBuilder clients)
    {
        var kept = clients.ServiceProvider.GetRequiredService<StoredCompletions>();
        var list = clients.ServiceProvider.GetRequiredService<CompletionList>();
        var operation = new ClientOperation("stored_chat", ErrorWriter.WriteObject);
        clients.MapGet("/chat/completions", list.ListAsync).WithMetadata(operation).Describe(StoredChatDocs.List);
        clients
            .MapGet("/chat/completions/{id}", context => kept.GetAsync(context, IdOf(context)))
            .WithMetadata(operation)
            .Describe(StoredChatDocs.Get);
        clients
            .MapPost("/chat/completions/{id}", context => kept.UpdateAsync(context, IdOf(context)))
            .WithMetadata(operation)
            .Describe(StoredChatDocs.Update);
        clients
            .MapDelete("/chat/completions/{id}", context => kept.DeleteAsync(context, IdOf(context)))
            .WithMetadata(operation)
            .Describe(StoredChatDocs.Delete);
        clients
            .MapGet("/chat/completions/{id}/messages", context => kept.ListMessagesAsync(context, IdOf(context)))
            .WithMetadata(operation)
            .Describe(StoredChatDocs.ListMessages);
    }

    private static string IdOf(HttpContext context) => (string)context.GetRouteValue("id")!;
}
