using FlowGpt.Admin.Contracts;
using FlowGpt.Admin.Contracts.Conversations;
using FlowGpt.ApiFrontend.Admin.Keys;
using FlowGpt.ApiFrontend.Docs;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.Grains.Interfaces.Conversations;

namespace FlowGpt.ApiFrontend.Admin.Conversations;

/// <summary><c>GET /admin/conversations</c>. Keys are looked up for the page that is shown alone.</summary>
internal sealed class ConversationEndpoint(AdminGate gate, KeyAdministration keys, IGrainFactory grains)
{
    private const int UsualPage = 50;
    private const int LongestPage = 200;

    private static readonly ApiError NotCounted = new(
        StatusCodes.Status501NotImplemented,
        ErrorTypes.InvalidRequest,
        "conversations_not_counted",
        null,
        "The storage of this gateway cannot list its records, so conversations are not counted."
    )
    {
        ShouldRetry = false,
    };

    public static RouteDoc Doc { get; } =
        RouteDoc
            .ForOperators(
                "listConversations",
                "Count the stored conversations of the clients",
                "Counts and sizes by client key, the largest first; never any text. Counted from the storage's records, at most once in half a minute and at most 200,000 records."
            )
            .Query("key_id", """{"type":"string"}""", "The only client key.")
            .Query("skip", """{"type":"integer","minimum":0,"default":0}""", "How many are left out at the start.")
            .Query("limit", """{"type":"integer","minimum":1,"maximum":200,"default":50}""")
            .Answers<ConversationList>(200, "A page of clients, and sums of all that match.")
            .Fails(400, "A parameter is wrong.")
            .Fails(501, "The storage cannot list its records.");

    public Task ListAsync(HttpContext context) =>
        gate.HandleAsync(
            context,
            async request =>
            {
                var query = new ListParameters(context.Request.Query);
                var (skip, limit) = (query.Number("skip", 0, 0, int.MaxValue), query.Number("limit", UsualPage, 1, LongestPage));
                if (query.Error is { } error)
                {
                    await request.RefuseAsync(error);
                    return;
                }

                if (await grains.GetGrain<IConversationSumsGrain>(IConversationSumsGrain.Key).Read() is not { } sums)
                {
                    await request.RefuseAsync(NotCounted);
                    return;
                }

                var key = query.Text("key_id");
                var matching = sums.Clients.Where(client => key is null || client.KeyId == key).ToArray();
                var page = await Task.WhenAll(matching.Skip(skip).Take(limit).Select(OfAsync));
                var answer = new ConversationList(
                    sums.At,
                    sums.IsPartial,
                    matching.Length,
                    matching.Sum(static client => client.Conversations),
                    matching.Sum(static client => client.Bytes),
                    page
                );
                await AdminAnswer.WriteAsync(request, answer, AdminJson.Default.ConversationList);
            }
        );

    private async Task<ConversationsOfKey> OfAsync(ClientConversations client)
    {
        var key = await keys.FindAsync(client.KeyId);
        return new(
            client.KeyId,
            key?.Settings.Name,
            key?.Settings.Owner,
            client.Conversations,
            client.Responses,
            client.Records,
            client.Bytes,
            client.LastWrite
        );
    }
}
