using FlowGpt.Grains.Interfaces.Accounts;

namespace FlowGpt.Grains.Interfaces.Models;

/// <summary>A model for operators.</summary>
/// <param name="Model">The model as clients get it.</param>
/// <param name="Origin">Where it was defined.</param>
/// <param name="Presence">Whether the providers still have what answers: dead when they have none of the targets' models.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.ModelStatus")]
public sealed record ModelStatus(
    [property: Id(0)] Route Model,
    [property: Id(1)] AccountOrigin Origin,
    [property: Id(2)] ModelPresence Presence
);
