using System.Collections.Immutable;
using FlowGpt.Admin.Contracts;
using FlowGpt.Admin.Contracts.Conversations;
using FlowGpt.ApiFrontend.Admin.Audit;
using FlowGpt.ApiFrontend.Admin.Sessions;
using FlowGpt.ApiFrontend.Docs;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Requests;
using FlowGpt.ApiFrontend.Turns;
using FlowGpt.Grains.Interfaces.Addresses;
using FlowGpt.Grains.Interfaces.Conversations;
using FlowGpt.Grains.Interfaces.Items;
using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Admin.Conversations;

/// <summary>
/// <c>GET /admin/conversations/{id}</c>: what clients wrote and were answered, for admins alone, where the operator has switched that on. Each reading is noted in the
/// audit log before it is answered.
/// </summary>
internal sealed class ConversationTextEndpoint(
    AdminGate gate,
    AuditTrail trail,
    AddressKeyCache keys,
    IGrainFactory grains,
    IOptions<FrontendOptions> options
)
{
    private const int UsualPage = 50;
    private const int LongestPage = 200;

    private static readonly string[] Prefixes = [StoredPlaces.ConversationPrefix, ItemIds.ResponsePrefix, "chatcmpl-"];

    private static readonly ApiError Off = new(
        StatusCodes.Status404NotFound,
        ErrorTypes.InvalidRequest,
        "conversation_text_off",
        null,
        $"The text of conversations is not shown here. To show it to admins, set {FrontendOptions.Section}:{nameof(FrontendOptions.ShowConversationText)} to true and start again."
    );

    public static RouteDoc Doc { get; } =
        RouteDoc
            .ForOperators(
                "getConversationText",
                "Read a stored conversation",
                "Only where `FlowGpt:Frontend:ShowConversationText` is true, only for admins, and every reading is noted in the audit log. The id is that of a conversation, or of a kept response or chat completion, whose context and reply are shown."
            )
            .Path("id", "The id of a conversation, a response or a chat completion.")
            .Query("limit", """{"type":"integer","minimum":1,"maximum":200,"default":50}""")
            .Query("after", """{"type":"string"}""", "The id of the item after which the page begins.")
            .Answers<ConversationText>(200, "A page of items, the oldest first.")
            .Fails(400, "A parameter is wrong.")
            .Fails(
                404,
                "There is no such conversation, or no such response that has completed and is kept; or text is not shown here (`conversation_text_off`)."
            );

    public Task GetAsync(HttpContext context) =>
        gate.HandleAsync(
            context,
            async request =>
            {
                if (!options.Value.ShowConversationText)
                {
                    await request.RefuseAsync(Off);
                    return;
                }

                await trail.RunAsync(request, AdminIdentity.Of(context).Who, () => AnswerAsync(request));
            }
        );

    private async Task AnswerAsync(ApiRequest request)
    {
        var context = request.Context;
        var query = new ListParameters(context.Request.Query);
        var (limit, after) = (query.Number("limit", UsualPage, 1, LongestPage), query.Text("after"));
        if (query.Error is { } error)
        {
            await request.RefuseAsync(error);
            return;
        }

        if (!await keys.LoadAsync(options.Value.StartWithin, context.RequestAborted))
        {
            await request.RefuseAsync(GatewayErrors.Interrupted);
            return;
        }

        var id = (string)context.Request.RouteValues["id"]!;
        if (Find(id) is not var (address, isConversation) || await ReadAsync(id, address, isConversation, limit, after) is not { } page)
        {
            await request.RefuseAsync(GatewayErrors.NotFound($"There is no conversation or kept response '{RequestErrors.Shorten(id)}'."));
            return;
        }

        var answer = new ConversationText(id, address.ClientKeyId, [.. page.Items.Select(EntryOf)], page.HasMore);
        await AdminAnswer.WriteAsync(request, answer, AdminJson.Default.ConversationText);
    }

    private (ResponseAddress Address, bool IsConversation)? Find(string id)
    {
        foreach (var prefix in Prefixes)
        {
            if (keys.Codec.TryRead(prefix, id, out var address) && address.Kind == AddressKind.Conversation)
            {
                return (address, prefix == StoredPlaces.ConversationPrefix);
            }
        }

        return null;
    }

    private async ValueTask<ItemPage?> ReadAsync(string id, ResponseAddress address, bool isConversation, int limit, string? after)
    {
        var grain = grains.GetGrain<IConversationGrain>(ConversationKey.Stored(address.ClientKeyId, address.Place));
        return isConversation ? await grain.ListItems(new(limit, IsAscending: true, after))
            : (await grain.GetContext(id)).Items is { } items ? PageOf(items, limit, after)
            : null;
    }

    private static ItemPage PageOf(ImmutableArray<Item> items, int limit, string? after)
    {
        var start = after is null ? 0 : items.Select(static item => item.Id).ToList().IndexOf(after) + 1;
        return new([.. items.Skip(start).Take(limit)], items.Length > start + limit);
    }

    private static ConversationEntry EntryOf(Item item) =>
        item switch
        {
            MessageItem message => new(item.Id, message.Role.ToString().ToLowerInvariant(), null, TextOf(message.Parts)),
            ReasoningItem reasoning => new(item.Id, "reasoning", null, reasoning.Text),
            ToolCallItem call => new(item.Id, "tool call", call.Name, call.Arguments),
            ToolResultItem result => new(item.Id, "tool result", result.Name, TextOf(result.Parts)),
            _ => new(item.Id, "other", null, ""),
        };

    private static string TextOf(ImmutableArray<Part> parts) =>
        string.Join(
            '\n',
            parts.Select(static part =>
                part switch
                {
                    TextPart text => text.Text,
                    RefusalPart refusal => refusal.Text,
                    _ => $"[{part.GetType().Name.Replace("Part", "", StringComparison.Ordinal).ToLowerInvariant()}]",
                }
            )
        );
}
