namespace FlowGpt.Grains.Interfaces.Models;

/// <summary>A model alias as an operator gives it; null takes the default of configured aliases.</summary>
[GenerateSerializer, Immutable, Alias("flowgpt.ModelAlias")]
public sealed record ModelAlias
{
    /// <summary>The name clients use.</summary>
    [Id(0)]
    public string Id { get; init; } = "";

    /// <summary>FlowGPT: id of the published bot persona that answers.</summary>
    [Id(1)]
    public string PromptId { get; init; } = "";

    /// <summary>The model name sent upstream.</summary>
    [Id(2)]
    public string? UpstreamModel { get; init; }

    /// <summary>Which account pool pays for it.</summary>
    [Id(3)]
    public string? Pool { get; init; }

    /// <summary>Shown in <c>/v1/models</c>.</summary>
    [Id(4)]
    public string? Description { get; init; }

    /// <summary>Most tokens of prompt and reply together.</summary>
    [Id(5)]
    public int? ContextWindow { get; init; }

    /// <summary>Whether a bold "…Response:" label at the start of a reply is removed.</summary>
    [Id(6)]
    public bool? CleanResponsePrefix { get; init; }
}
