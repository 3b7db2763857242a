using FlowGpt.ApiFrontend.Docs;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>Describes the routes of OpenAI Responses.</summary>
internal static class ResponsesDocs
{
    public static RouteDoc Create { get; } =
        RouteDoc
            .ForClients(
                "createResponse",
                "Responses",
                "Make a response",
                "With `stream: true` the response is server-sent events, each with a `sequence_number`, and ends with `data: [DONE]`. Tools that only OpenAI runs are left out and named in the header `X-Tools-Left-Out`."
            )
            .Body("ResponseRequest", """{"model":"gpt-4-free","input":"Say hello."}""")
            .Answers(200, "The response.", [("application/json", "Response"), ("text/event-stream", "ResponseEvent")])
            .Fails(400, "A field is wrong or names what is not supported, or the input is too long (`context_length_exceeded`).")
            .Fails(404, "No such model.")
            .Fails(413, "The body is too large.")
            .Fails(
                429,
                "No account frees in time, or the key is over a limit (`rate_limit_exceeded`) or its budget (`insufficient_quota`)."
            )
            .Fails(500, "A defect on this side.")
            .Fails(502, "The upstream failed.")
            .Fails(503, "No account can serve, or the reply was lost on this side.")
            .Fails(504, "The upstream was too slow.");

    public static RouteDoc Connect { get; } =
        RouteDoc
            .ForClients(
                "connectResponses",
                "Responses",
                "Make responses over a WebSocket",
                "Each message is `{\"type\":\"response.create\", …}` with the members of a request, and is answered with the events of its response, one message each. Messages are answered one after the other."
            )
            .Answers(101, "The connection is a WebSocket now.")
            .Fails(403, "The page's origin may not open WebSockets here.")
            .Fails(405, "The request asks for no WebSocket.");

    public static RouteDoc Get { get; } =
        RouteDoc
            .ForClients("getResponse", "Responses", "Show a kept response, or stream its events")
            .Path("id", "The response's id.")
            .Query("stream", """{"type":"boolean","default":false}""")
            .Query("starting_after", """{"type":"integer"}""", "With `stream`: the number of the last event that is known.")
            .Answers(200, "The response, or its events.", [("application/json", "Response"), ("text/event-stream", "ResponseEvent")])
            .Fails(400, "A field or a parameter is wrong; `param` names it.")
            .Fails(404, "No such response, or it is not kept any more.")
            .Fails(503, "The cluster did not answer. Send it again.");

    public static RouteDoc Delete { get; } =
        RouteDoc
            .ForClients("deleteResponse", "Responses", "Delete a kept response")
            .Path("id", "The response's id.")
            .Answers(200, "It is gone.", "Deleted")
            .Fails(404, "No such response, or it is not kept any more.")
            .Fails(503, "The cluster did not answer. Send it again.");

    public static RouteDoc Cancel { get; } =
        RouteDoc
            .ForClients("cancelResponse", "Responses", "Cancel a background response")
            .Path("id", "The response's id.")
            .Answers(200, "The response as it is now.", "Response")
            .Fails(400, "A field or a parameter is wrong; `param` names it.")
            .Fails(404, "No such response, or it is not kept any more.")
            .Fails(503, "The cluster did not answer. Send it again.");

    public static RouteDoc ListInput { get; } =
        RouteDoc
            .ForClients("listInputItems", "Responses", "List the input of a kept response")
            .Path("id", "The response's id.")
            .Query("limit", """{"type":"integer","minimum":1,"maximum":100,"default":20}""")
            .Query("order", """{"type":"string","enum":["asc","desc"],"default":"desc"}""")
            .Query("after", """{"type":"string"}""", "The last item of the page before.")
            .Answers(200, "A page of items.", "ItemPage")
            .Fails(400, "A field or a parameter is wrong; `param` names it.")
            .Fails(404, "No such response, or it is not kept any more.")
            .Fails(503, "The cluster did not answer. Send it again.");

    public static RouteDoc CountInput { get; } =
        RouteDoc
            .ForClients(
                "countInputTokens",
                "Responses",
                "Count the tokens of a request's input",
                "Nothing is sent or charged; the request counts against the requests of the key."
            )
            .Body("ResponseRequest", """{"model":"gpt-4-free","input":"Say hello."}""")
            .Answers(200, "The number of tokens.", "InputTokens")
            .Fails(400, "A field or a parameter is wrong; `param` names it.")
            .Fails(404, "No such model or conversation.")
            .Fails(413, "The body is too large.")
            .Fails(429, "The key is over a limit or its budget.")
            .Fails(503, "The cluster did not answer. Send it again.");

    public static RouteDoc Compact { get; } =
        RouteDoc
            .ForClients(
                "compactResponse",
                "Responses",
                "Make a long context short",
                "The context is `input`, after that of `previous_response_id`; one of the two must be given."
            )
            .Body("ResponseRequest", """{"model":"gpt-4-free","input":"Say hello."}""")
            .Answers(200, "The items to send in the context's place.", "Compaction")
            .Fails(400, "A field or a parameter is wrong; `param` names it.")
            .Fails(404, "No such model.")
            .Fails(413, "The body is too large.")
            .Fails(503, "The cluster did not answer. Send it again.");

    public static RouteDoc CreateConversation { get; } =
        RouteDoc
            .ForClients("createConversation", "Conversations", "Create a conversation")
            .Body("ConversationFields", isRequired: false)
            .Answers(200, "The conversation.", "Conversation")
            .Fails(400, "A field or a parameter is wrong; `param` names it.")
            .Fails(503, "The cluster did not answer. Send it again.");

    public static RouteDoc GetConversation { get; } =
        RouteDoc
            .ForClients("getConversation", "Conversations", "Show a conversation")
            .Path("id", "The conversation's id.")
            .Answers(200, "The conversation.", "Conversation")
            .Fails(404, "No such conversation.")
            .Fails(503, "The cluster did not answer. Send it again.");

    public static RouteDoc UpdateConversation { get; } =
        RouteDoc
            .ForClients("updateConversation", "Conversations", "Replace a conversation's metadata")
            .Path("id", "The conversation's id.")
            .Body("ConversationFields")
            .Answers(200, "The conversation as it is now.", "Conversation")
            .Fails(400, "A field or a parameter is wrong; `param` names it.")
            .Fails(404, "No such conversation.")
            .Fails(503, "The cluster did not answer. Send it again.");

    public static RouteDoc DeleteConversation { get; } =
        RouteDoc
            .ForClients("deleteConversation", "Conversations", "Delete a conversation with everything in it")
            .Path("id", "The conversation's id, or the name that the client gave the conversation in `X-Conversation-Id`.")
            .Answers(200, "It is gone.", "Deleted")
            .Fails(404, "No such conversation.")
            .Fails(503, "The cluster did not answer. Send it again.");

    public static RouteDoc ListItems { get; } =
        RouteDoc
            .ForClients("listConversationItems", "Conversations", "List a conversation's items")
            .Path("id", "The conversation's id.")
            .Query("limit", """{"type":"integer","minimum":1,"maximum":100,"default":20}""")
            .Query("order", """{"type":"string","enum":["asc","desc"],"default":"desc"}""")
            .Query("after", """{"type":"string"}""", "The last item of the page before.")
            .Answers(200, "A page of items.", "ItemPage")
            .Fails(400, "A field or a parameter is wrong; `param` names it.")
            .Fails(404, "No such conversation.")
            .Fails(503, "The cluster did not answer. Send it again.");

    public static RouteDoc AddItems { get; } =
        RouteDoc
            .ForClients("createConversationItems", "Conversations", "Add items to a conversation")
            .Path("id", "The conversation's id.")
            .Body("NewItems")
            .Answers(200, "The items that were added.", "ItemPage")
            .Fails(400, "A field or a parameter is wrong; `param` names it.")
            .Fails(404, "No such conversation.")
            .Fails(503, "The cluster did not answer. Send it again.");

    public static RouteDoc GetItem { get; } =
        RouteDoc
            .ForClients("getConversationItem", "Conversations", "Show one item")
            .Path("id", "The conversation's id.")
            .Path("item", "The item's id.")
            .Answers(200, "The item.", "ResponseItem")
            .Fails(404, "No such conversation or item.")
            .Fails(503, "The cluster did not answer. Send it again.");

    public static RouteDoc DeleteItem { get; } =
        RouteDoc
            .ForClients("deleteConversationItem", "Conversations", "Delete one item")
            .Path("id", "The conversation's id.")
            .Path("item", "The item's id.")
            .Answers(200, "The conversation without the item.", "Conversation")
            .Fails(404, "No such conversation or item.")
            .Fails(503, "The cluster did not answer. Send it again.");
}
