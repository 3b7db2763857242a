using FlowGpt.ApiFrontend.Docs;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>Describes the routes of kept responses and of conversations.</summary>
internal static class KeptDocs
{
    private const string Limit = """{"type":"integer","minimum":1,"maximum":100,"default":20}""";
    private const string Order = """{"type":"string","enum":["asc","desc"],"default":"desc"}""";

    public static RouteDoc GetResponse { get; } =
        OfResponse("getResponse", "Show a response", "With `stream=true` its events come again, with the same bytes, while it runs and afterwards.")
            .Query("stream", """{"type":"boolean","default":false}""")
            .Query("starting_after", """{"type":"integer","minimum":0}""", "Only events with a higher `sequence_number`.")
            .Answers(200, "The response.", [("application/json", "Response"), ("text/event-stream", "ResponseEvent")]);

    public static RouteDoc DeleteResponse { get; } = OfResponse("deleteResponse", "Delete a response").Answers(200, "The response is deleted.");

    public static RouteDoc CancelResponse { get; } =
        OfResponse("cancelResponse", "Cancel a response in the background").Answers(200, "The response.", "Response");

    public static RouteDoc ListInput { get; } = Paged(OfResponse("listInputItems", "List the input of a response"));

    public static RouteDoc CreateConversation { get; } =
        RouteDoc
            .ForClients("createConversation", "Conversations", "Begin a conversation")
            .Body("ConversationRequest", """{"items":[{"role":"user","content":"Hello."}]}""", isRequired: false)
            .Answers(200, "The conversation.", "Conversation")
            .Fails(400, "A field is wrong; `param` names it.");

    public static RouteDoc GetConversation { get; } =
        OfConversation("getConversation", "Show a conversation").Answers(200, "The conversation.", "Conversation");

    public static RouteDoc UpdateConversation { get; } =
        OfConversation("updateConversation", "Set the metadata of a conversation")
            .Body("ConversationRequest", """{"metadata":{"topic":"demo"}}""")
            .Answers(200, "The conversation.", "Conversation")
            .Fails(400, "A field is wrong; `param` names it.");

    public static RouteDoc DeleteConversation { get; } =
        OfConversation("deleteConversation", "Delete a conversation").Answers(200, "The conversation and its items are deleted.");

    public static RouteDoc ListItems { get; } = Paged(OfConversation("listConversationItems", "List the items of a conversation"));

    public static RouteDoc AddItems { get; } =
        OfConversation("createConversationItems", "Add items to a conversation")
            .Body("ConversationRequest", """{"items":[{"role":"user","content":"And then?"}]}""")
            .Answers(200, "The items that were added.", "ItemList")
            .Fails(400, "A field is wrong; `param` names it.");

    public static RouteDoc GetItem { get; } = OfItem("getConversationItem", "Show an item").Answers(200, "The item.", "ResponseItem");

    public static RouteDoc DeleteItem { get; } =
        OfItem("deleteConversationItem", "Delete an item").Answers(200, "The conversation without the item.", "Conversation");

    private static RouteDoc OfResponse(string id, string summary, string? description = null) =>
        RouteDoc
            .ForClients(id, "Responses", summary, description)
            .Path("id", "The response's id.")
            .Fails(404, "No such response of this key.");

    private static RouteDoc OfConversation(string id, string summary) =>
        RouteDoc
            .ForClients(id, "Conversations", summary)
            .Path("id", "The conversation's id.")
            .Fails(404, "No such conversation of this key.");

    private static RouteDoc OfItem(string id, string summary) => OfConversation(id, summary).Path("item", "The item's id.");

    private static RouteDoc Paged(RouteDoc doc) =>
        doc.Query("limit", Limit)
            .Query("order", Order)
            .Query("after", """{"type":"string"}""", "The id of the last item of the page before.")
            .Answers(200, "A page of items.", "ItemList");
}
