namespace FlowGpt.Grains.Interfaces.Models;

/// <summary>A model alias that clients may name, and what it stands for upstream.</summary>
/// <param name="Id">The alias in <c>/v1/models</c> and in requests.</param>
/// <param name="Upstream">Name of the upstream that serves it, e.g. <c>flowgpt</c>.</param>
/// <param name="Pool">Name of the account pool that pays for it.</param>
/// <param name="PromptId">FlowGPT: the published bot persona behind the alias.</param>
/// <param name="UpstreamModel">The model name that is sent upstream.</param>
/// <param name="Description">Shown in <c>/v1/models</c>: says what really answers.</param>
/// <param name="ContextWindow">Most tokens of context and reply together; a longer prompt is refused with <c>context_length_exceeded</c>.</param>
/// <param name="CleanResponsePrefix">Whether a bold "…Response:" label at the start of a reply is removed.</param>
/// <param name="Created">Unix seconds for the <c>created</c> field.</param>
/// <param name="OwnedBy">For the <c>owned_by</c> field.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.ModelEntry")]
public sealed record ModelEntry(
    [property: Id(0)] string Id,
    [property: Id(1)] string Upstream,
    [property: Id(2)] string Pool,
    [property: Id(3)] string PromptId,
    [property: Id(4)] string UpstreamModel,
    [property: Id(5)] string Description,
    [property: Id(6)] int ContextWindow,
    [property: Id(7)] bool CleanResponsePrefix,
    [property: Id(8)] long Created,
    [property: Id(9)] string OwnedBy
);
