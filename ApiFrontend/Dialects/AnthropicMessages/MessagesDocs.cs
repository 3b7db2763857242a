using FlowGpt.ApiFrontend.Docs;

namespace FlowGpt.ApiFrontend.Dialects.AnthropicMessages;

/// <summary>Describes the routes of Anthropic Messages.</summary>
internal static class MessagesDocs
{
    public static RouteDoc Create { get; } =
        RouteDoc
            .ForClients(
                "createMessage",
                "Messages",
                "Answer a conversation, as Anthropic has it",
                "With `stream: true` the reply is server-sent events from `message_start` to `message_stop`. A failure after the first event is an `error` event and a body that breaks off. The key may be sent as `x-api-key`."
            )
            .WithErrors("MessagesError")
            .Header("anthropic-version", """{"type":"string"}""", "Accepted and ignored.")
            .Body("MessagesRequest", """{"model":"gpt-4-free","max_tokens":256,"messages":[{"role":"user","content":"Say hello."}]}""")
            .Answers(200, "The reply.", [("application/json", "MessagesReply"), ("text/event-stream", "MessagesEvent")])
            .Fails(400, "A field is wrong or names what is not supported, or the messages are too long.")
            .Fails(404, "No such model.")
            .Fails(413, "The body is too large.")
            .Fails(429, "No account frees in time, or the key is over a limit or its budget.")
            .Fails(500, "A defect on this side, or the upstream failed.")
            .Fails(503, "No account can serve, or the reply was lost on this side.");

    public static RouteDoc Count { get; } =
        RouteDoc
            .ForClients(
                "countMessageTokens",
                "Messages",
                "Count the tokens of a message",
                "The gateway's own count of what the request would send; nothing is sent or charged. The request counts against the requests of the key."
            )
            .WithErrors("MessagesError")
            .Body("MessagesRequest", """{"model":"gpt-4-free","messages":[{"role":"user","content":"Say hello."}]}""")
            .Answers(200, "The number of tokens.", "MessagesTokens")
            .Fails(400, "A field is wrong or names what is not supported.")
            .Fails(404, "No such model.")
            .Fails(413, "The body is too large.")
            .Fails(429, "The key is over a limit or its budget.")
            .Fails(503, "The cluster did not answer. Send it again.");
}
