namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>What a model of a pool can do. A model counts as able unless its pool's quirks say otherwise; the server decides in the end. Pure.</summary>
internal static class OpenAiCapabilities
{
    // No list of models says which of them make embeddings; their names do.
    private static readonly string[] EmbeddingNames = ["embed", "bge-", "gte-", "e5-", "minilm"];

    private static readonly (string Quirk, ModelCapabilities Capability)[] ByQuirk =
    [
        (OpenAiQuirks.Tools, ModelCapabilities.Tools),
        (OpenAiQuirks.JsonObject, ModelCapabilities.JsonObject),
        (OpenAiQuirks.JsonSchema, ModelCapabilities.JsonSchema),
        (OpenAiQuirks.Images, ModelCapabilities.Images),
        (OpenAiQuirks.Files, ModelCapabilities.Files),
        (OpenAiQuirks.Audio, ModelCapabilities.Audio),
        (OpenAiQuirks.Logprobs, ModelCapabilities.Logprobs),
        (OpenAiQuirks.Stop, ModelCapabilities.StopStrings),
        (OpenAiQuirks.Embeddings, ModelCapabilities.Embeddings),
    ];

    private const ModelCapabilities Chat =
        ModelCapabilities.Tools
        | ModelCapabilities.JsonObject
        | ModelCapabilities.JsonSchema
        | ModelCapabilities.Images
        | ModelCapabilities.Files
        | ModelCapabilities.Audio
        | ModelCapabilities.Logprobs
        | ModelCapabilities.StopStrings
        | ModelCapabilities.OutputLimit
        | ModelCapabilities.Sampling;

    public static ModelCapabilities Of(PoolDefinition pool, string model)
    {
        // A pool that names the path of embeddings says that its models make them.
        var capabilities =
            MakesEmbeddings(model) ? ModelCapabilities.Embeddings
            : pool.Paths.ContainsKey(OpenAiPool.EmbeddingsPath) ? Chat | ModelCapabilities.Embeddings
            : Chat;
        foreach (var (quirk, capability) in ByQuirk)
        {
            if (pool.Quirks.Contains(quirk))
            {
                capabilities &= ~capability;
            }
        }

        if (pool.Wire is OpenAiPool.ResponsesWire or OpenAiPool.AutoWire)
        {
            // The protocol has no stop strings, and which protocol it is may not be known yet.
            capabilities &= ~ModelCapabilities.StopStrings;
        }

        return pool.Quirks.Contains(OpenAiQuirks.MaxCompletionTokens) && pool.Quirks.Contains(OpenAiQuirks.MaxTokens)
            ? capabilities & ~ModelCapabilities.OutputLimit
            : capabilities;
    }

    private static bool MakesEmbeddings(string model) =>
        EmbeddingNames.Any(name => model.Contains(name, StringComparison.OrdinalIgnoreCase));
}
