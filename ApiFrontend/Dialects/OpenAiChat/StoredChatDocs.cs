using FlowGpt.ApiFrontend.Docs;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiChat;

/// <summary>Describes the routes of kept completions.</summary>
internal static class StoredChatDocs
{
    private const string Limit = """{"type":"integer","minimum":1,"maximum":100,"default":20}""";
    private const string Order = """{"type":"string","enum":["asc","desc"],"default":"asc"}""";

    public static RouteDoc List { get; } =
        RouteDoc
            .ForClients("listChatCompletions", "Chat", "List kept completions")
            .Query("limit", Limit)
            .Query("order", Order)
            .Query("after", """{"type":"string"}""", "The last completion of the page before.")
            .Query("model", """{"type":"string"}""", "Only those of this model.")
            .Query(
                "metadata",
                """{"type":"object","additionalProperties":{"type":"string"}}""",
                "Only those with these notes, as `metadata[name]=value`."
            )
            .Answers(200, "A page of completions.", "ChatCompletionPage")
            .Fails(400, "A parameter is wrong; `param` names it.")
            .Fails(503, "The cluster did not answer. Send it again.");

    public static RouteDoc Get { get; } =
        Of("getChatCompletion", "Show a kept completion, or stream it again")
            .Query("stream", """{"type":"boolean","default":false}""")
            .Query("starting_after", """{"type":"integer","minimum":0}""", "With `stream`: how many `data:` frames you have.")
            .Answers(
                200,
                "The completion, or its chunks.",
                [("application/json", "ChatCompletion"), ("text/event-stream", "ChatCompletionChunk")]
            )
            .Fails(400, "A parameter is wrong; `param` names it.")
            .Fails(502, "The completion failed at the upstream.");

    public static RouteDoc Update { get; } =
        Of("updateChatCompletion", "Replace a kept completion's metadata")
            .Body("ChatCompletionNotes")
            .Answers(200, "The completion as it is now.", "ChatCompletion")
            .Fails(400, "A field is wrong; `param` names it.");

    public static RouteDoc Delete { get; } = Of("deleteChatCompletion", "Delete a kept completion").Answers(200, "It is gone.", "Deleted");

    public static RouteDoc ListMessages { get; } =
        Of("listChatCompletionMessages", "List the messages that a kept completion answers")
            .Query("limit", Limit)
            .Query("order", Order)
            .Query("after", """{"type":"string"}""", "The last message of the page before.")
            .Answers(200, "A page of messages.", "ChatMessagePage")
            .Fails(400, "A parameter is wrong; `param` names it.");

    private static RouteDoc Of(string id, string summary) =>
        RouteDoc
            .ForClients(id, "Chat", summary)
            .Path("id", "The completion's id.")
            .Fails(404, "No such completion, or it is not kept any more.")
            .Fails(503, "The cluster did not answer. Send it again.");
}
