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
            .Fails(404, "No such model.");
}
