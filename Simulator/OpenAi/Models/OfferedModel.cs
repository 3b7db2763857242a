namespace FlowGpt.Simulator.OpenAi.Models;

/// <summary>A model of the OpenAI-compatible face.</summary>
public sealed record OfferedModel
{
    /// <summary>The models that every simulator has.</summary>
    public static IReadOnlyList<OfferedModel> Defaults { get; } =
    [
        new()
        {
            Id = "sim-large",
            ContextTokens = 200_000,
            ContextField = "context_length",
        },
        new()
        {
            Id = "sim-small",
            ContextTokens = 16_384,
            ContextField = "max_model_len",
        },
        new()
        {
            Id = "sim-mini",
            ContextTokens = 8_192,
            ContextField = "context_window",
        },
        new() { Id = "sim-plain" },
        new() { Id = "sim-embed", Embeddings = true },
    ];

    /// <summary>The name that requests use.</summary>
    public required string Id { get; init; }

    /// <summary>Tokens that a prompt may have; a longer one is refused with 400. Default null: any number.</summary>
    public int? ContextTokens { get; init; }

    /// <summary>The field of <c>/models</c> that tells <see cref="ContextTokens"/>. Default null: none.</summary>
    public string? ContextField { get; init; }

    /// <summary>Whether it makes embeddings instead of chat. Default false.</summary>
    public bool Embeddings { get; init; }
}
