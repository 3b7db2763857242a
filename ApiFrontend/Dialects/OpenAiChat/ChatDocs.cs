using System.Collections.Immutable;
using FlowGpt.ApiFrontend.Docs;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiChat;

/// <summary>Describes the chat route.</summary>
internal static class ChatDocs
{
    // Before its use: initializers run in this order.
    private static readonly ImmutableArray<RouteHeader> LimitHeaders =
    [
        new(
            "x-ratelimit-limit-requests",
            """{"type":"integer"}""",
            "Requests a minute that the client's key may make; for a key without limits, those of the usable accounts together."
        ),
        new("x-ratelimit-remaining-requests", """{"type":"integer"}"""),
        new("x-ratelimit-reset-requests", """{"type":"string","examples":["1m30s"]}"""),
        new(
            "x-ratelimit-limit-tokens",
            """{"type":"integer"}""",
            "Tokens that the client's key may use, in a minute or else of its tighter budget."
        ),
        new("x-ratelimit-remaining-tokens", """{"type":"integer"}"""),
        new("x-ratelimit-reset-tokens", """{"type":"string","examples":["17ms"]}"""),
    ];

    public static RouteDoc Create { get; } =
        RouteDoc
            .ForClients(
                "createChatCompletion",
                "Chat",
                "Answer a conversation",
                "With `stream: true` the reply is server-sent events, one JSON chunk each, and ends with `data: [DONE]`. A failure after the first event is an event `{\"error\": …}` and a body that breaks off; it never ends in a made-up `finish_reason`."
            )
            .Header(
                "X-Conversation-Id",
                """{"type":"string","pattern":"^[A-Za-z0-9._-]{1,64}$"}""",
                "Keeps the conversation on the server under this id, so that only new messages need to be sent. Also as `metadata.conversation_id`."
            )
            .Header(
                "Idempotency-Key",
                """{"type":"string","minLength":1,"maxLength":255}""",
                "A repeated request with the same key and body joins the first one instead of running again. The reply then goes on when the client disconnects."
            )
            .Header("x-request-id", """{"type":"string","maxLength":128}""", "Your own id for the request; it comes back in the response.")
            .Body("ChatCompletionRequest", """{"model":"gpt-4-free","stream":true,"messages":[{"role":"user","content":"Say hello."}]}""")
            .Answers(
                200,
                "The reply.",
                [("application/json", "ChatCompletion"), ("text/event-stream", "ChatCompletionChunk")],
                LimitHeaders
            )
            .Fails(
                400,
                "A field is wrong, names what is not supported, or the messages are too long (`context_length_exceeded`); another turn of the conversation is running (`conversation_locked`)."
            )
            .Fails(404, "No such model.")
            .Fails(409, "The idempotency key was used with another body.")
            .Fails(413, "The body is too large.")
            .Fails(415, "The body is not JSON.")
            .Fails(
                429,
                "No account frees in time, or the key is over a limit (`rate_limit_exceeded`) or its budget (`insufficient_quota`)."
            )
            .Fails(500, "A defect on this side.")
            .Fails(502, "The upstream failed.")
            .Fails(503, "No account can serve, or the reply was lost on this side.")
            .Fails(504, "The upstream was too slow.");
}
