namespace FlowGpt.Grains.Models;

/// <summary>The models that clients may name.</summary>
public sealed class ModelCatalogOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "FlowGpt:Models";

    /// <summary>The aliases. Configured aliases replace <see cref="Defaults"/> as a whole.</summary>
    public List<ModelOptions> Aliases { get; set; } = [];

    /// <summary>Whether the built-in simulator answers; set by the composition root, shown in <c>/v1/models</c>.</summary>
    public bool IsDemo { get; set; }

    /// <summary>How often providers with a search are asked which models they still have; null asks only when an operator does.</summary>
    /// <value>Default null; 1 min to 30 days.</value>
    public TimeSpan? RefreshInterval { get; set; }

    /// <summary>How often the providers of pools with discovery are asked for their models.</summary>
    /// <value>Default 10 min; 10 s to 1 day.</value>
    public TimeSpan DiscoveryInterval { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Used when no alias is configured and their pool may have accounts: the personas known from public clients of the service, each also by a name that begins like no
    /// vendor's model. Clients conclude from a model's name what they may ask.
    /// </summary>
    public static IReadOnlyList<ModelOptions> Defaults { get; } =
    [
        new() { Id = "flowgpt-free", PromptId = "uzNcMUGo4sOwl4GFvRpm8" },
        new() { Id = "flowgpt-pro", PromptId = "vlaOLDN9qTxzIlvzfL_Ty" },
        new() { Id = "flowgpt-superior", PromptId = "lKm5yPE9x-Naf0_0_KI5M" },
        new() { Id = "flowgpt-instant", PromptId = "claude-instant" },
        new() { Id = "gpt-4-free", PromptId = "uzNcMUGo4sOwl4GFvRpm8" },
        new() { Id = "chatgpt-5-pro", PromptId = "vlaOLDN9qTxzIlvzfL_Ty" },
        new() { Id = "aisuperior", PromptId = "lKm5yPE9x-Naf0_0_KI5M" },
        new() { Id = "claude-instant", PromptId = "claude-instant" },
    ];
}
