using FlowGpt.ApiFrontend.Docs;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiCompletions;

/// <summary>Describes the route of legacy Completions.</summary>
internal static class CompletionDocs
{
    public static RouteDoc Create { get; } =
        RouteDoc
            .ForClients("createCompletion", "Completions", "Complete a prompt", "OpenAI's old form: one prompt of text.")
            .Body("CompletionRequest", """{"model":"gpt-4-free","prompt":"Say hello.","max_tokens":100}""")
            .Answers(
                200,
                "The completion, or its chunks and `data: [DONE]`.",
                [("application/json", "Completion"), ("text/event-stream", "Completion")]
            )
            .Fails(400, "A field is wrong or names what is not supported, or the prompt is too long (`context_length_exceeded`).")
            .Fails(404, "No such model.")
            .Fails(413, "The body is too large.")
            .Fails(
                429,
                "No account frees in time, or the key is over a limit (`rate_limit_exceeded`) or its budget (`insufficient_quota`)."
            )
            .Fails(502, "The upstream failed.")
            .Fails(503, "No account can serve, or the reply was lost on this side.");
}
