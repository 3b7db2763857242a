using FlowGpt.ApiFrontend.Docs;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiCompletions;

/// <summary>Describes the route of the old completions.</summary>
internal static class CompletionsDocs
{
    public static RouteDoc Create { get; } =
        RouteDoc
            .ForClients("createCompletion", "Chat", "Continue a prompt", "The older form of chat completions: one prompt, sent as one user message.")
            .Body("CompletionRequest", """{"model":"gpt-4-free","prompt":"Say hello."}""")
            .Answers(200, "The reply.", [("application/json", "Completion"), ("text/event-stream", "Completion")])
            .Fails(400, "A field is wrong or names what is not supported, or the prompt is too long (`context_length_exceeded`).")
            .Fails(404, "No such model.")
            .Fails(
                429,
                "No account frees in time, or the key is over a limit (`rate_limit_exceeded`) or its budget (`insufficient_quota`)."
            )
            .Fails(502, "The upstream failed.")
            .Fails(503, "No account can serve, or the reply was lost on this side.");
}
