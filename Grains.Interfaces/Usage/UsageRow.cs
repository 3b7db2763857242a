namespace FlowGpt.Grains.Interfaces.Usage;

/// <summary>One group of one bucket.</summary>
/// <param name="Hour">The bucket's first hour, 0 to 23; 0 for a day.</param>
/// <param name="ClientKeyId">The client key; null when not grouped by it.</param>
/// <param name="Model">The model alias; null when not grouped by it.</param>
/// <param name="Account">The account, empty where none served; null when not grouped by it.</param>
/// <param name="Figures">The sums. The receiver's own.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.UsageRow")]
public sealed record UsageRow(
    [property: Id(0)] int Hour,
    [property: Id(1)] string? ClientKeyId,
    [property: Id(2)] string? Model,
    [property: Id(3)] string? Account,
    [property: Id(4)] UsageFigures Figures
);
