namespace FlowGpt.Grains.Interfaces.Models;

/// <summary>A model that a provider's search found.</summary>
/// <param name="Pool">The pool that was asked.</param>
/// <param name="Model">The provider's name of the model, for a <see cref="Target"/>.</param>
/// <param name="Title">Its title, shortened.</param>
/// <param name="Description">Its description, shortened.</param>
/// <param name="Uses">How often it was used, by the provider's count.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.FoundModel")]
public sealed record FoundModel(
    [property: Id(0)] string Pool,
    [property: Id(1)] string Model,
    [property: Id(2)] string Title,
    [property: Id(3)] string Description,
    [property: Id(4)] long Uses
);
