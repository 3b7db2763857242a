using System.Text.Json;

namespace FlowGpt.Benchmarks.Targets;

/// <summary>
/// The least that a gateway of this kind can do, in plain ASP.NET: reads a chat request, makes the upstream's two calls by <see cref="HttpClient"/>, and
/// sends each line of the reply as an event. It has no accounts, limits, books, retries, stored turns, metrics or log lines. Its cost is the floor that
/// the gateway's is compared with.
/// </summary>
internal static class BareRelay
{
    /// <summary>Adds the one route.</summary>
    /// <param name="app">Gets it.</param>
    /// <param name="upstream">Where the calls go; of this process's own for as long as it runs.</param>
    /// <param name="account">Headers and user id of the account that makes them.</param>
    public static void Map(WebApplication app, HttpClient upstream, RelayAccount account) =>
        app.MapPost("/v1/chat/completions", context => RelayAsync(context, upstream, account));

    private static async Task RelayAsync(HttpContext context, HttpClient upstream, RelayAccount account)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
        var messages = body.RootElement.GetProperty("messages");
        var question = messages[messages.GetArrayLength() - 1].GetProperty("content").GetString()!;
        var conversation = await CreateAsync(upstream, account, context.RequestAborted);
        using var request = account.Post("/v3/chat", account.ChatBody(question, conversation));
        using var reply = await upstream.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
        reply.EnsureSuccessStatusCode();
        context.Response.ContentType = "text/event-stream";
        await using var lines = await reply.Content.ReadAsStreamAsync(context.RequestAborted);
        await RelayEvents.CopyAsync(lines, context.Response.BodyWriter, context.RequestAborted);
    }

    private static async Task<string> CreateAsync(HttpClient upstream, RelayAccount account, CancellationToken cancellationToken)
    {
        using var request = account.Post("/conversation/create", RelayAccount.CreateBody);
        using var response = await upstream.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        using var body = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        return body.RootElement.GetProperty("id").GetString()!;
    }
}
