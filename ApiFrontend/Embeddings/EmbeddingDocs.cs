using FlowGpt.ApiFrontend.Docs;

namespace FlowGpt.ApiFrontend.Embeddings;

/// <summary>Describes the embeddings route.</summary>
internal static class EmbeddingDocs
{
    public static RouteDoc Create { get; } =
        RouteDoc
            .ForClients(
                "createEmbedding",
                "Embeddings",
                "Turn text into vectors",
                "For models whose provider has embeddings. `encoding_format` is `float` or `base64`; `input` is a text, a list of texts, or lists of tokens."
            )
            .Body("EmbeddingRequest", """{"model":"text-embedding-3-small","input":"Say hello."}""")
            .Answers(200, "The vectors.", "EmbeddingList")
            .Fails(400, "A field is wrong, or names what the model does not support.")
            .Fails(404, "No such model.")
            .Fails(413, "The body is too large.")
            .Fails(415, "The body is not JSON.")
            .Fails(
                429,
                "No account frees in time, or the key is over a limit (`rate_limit_exceeded`) or its budget (`insufficient_quota`)."
            )
            .Fails(502, "The upstream failed.")
            .Fails(503, "No account can serve.")
            .Fails(504, "The upstream was too slow.");
}
