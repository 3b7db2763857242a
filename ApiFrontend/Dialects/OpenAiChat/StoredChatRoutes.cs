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
            .MapGet("/chat/completions/{id}", context => WithIdAsync(context, kept.GetAsync))
            .WithMetadata(operation)
            .Describe(StoredChatDocs.Get);
        clients
            .MapPost("/chat/completions/{id}", context => WithIdAsync(context, kept.UpdateAsync))
            .WithMetadata(operation)
            .Describe(StoredChatDocs.Update);
        clients
            .MapDelete("/chat/completions/{id}", context => WithIdAsync(context, kept.DeleteAsync))
            .WithMetadata(operation)
            .Describe(StoredChatDocs.Delete);
        clients
            .MapGet("/chat/completions/{id}/messages", context => WithIdAsync(context, kept.ListMessagesAsync))
            .WithMetadata(operation)
            .Describe(StoredChatDocs.ListMessages);
    }

    /// <summary>What is no id at all belongs to a mistyped address, which the pipeline answers.</summary>
    private static Task WithIdAsync(HttpContext context, Func<HttpContext, string, Task> handle)
    {
        var id = (string)context.GetRouteValue("id")!;
        if (id.StartsWith(ChatDialect.IdPrefix, StringComparison.Ordinal))
        {
            return handle(context, id);
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
