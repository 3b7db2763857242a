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
                "With `stream: true` the reply is server-sent events, each with a `sequence_number`, from `response.created` to `response.completed`, `response.incomplete` or `response.failed`."
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
}
