namespace FlowGpt.Grains.Interfaces.Models;

/// <summary>A published bot persona that the upstream's search found.</summary>
/// <param name="PromptId">Its id, for a <see cref="ModelAlias"/>.</param>
/// <param name="Title">Its title, shortened.</param>
/// <param name="Description">Its description, shortened.</param>
/// <param name="Uses">How often it was used, by the upstream's count.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.Persona")]
public sealed record Persona(
    [property: Id(0)] string PromptId,
    [property: Id(1)] string Title,
    [property: Id(2)] string Description,
    [property: Id(3)] long Uses
);
