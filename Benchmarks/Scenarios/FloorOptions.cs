namespace FlowGpt.Benchmarks.Scenarios;

/// <summary>What <see cref="FloorScenario"/> measures.</summary>
internal sealed record FloorOptions
{
    /// <summary>How often each program is measured. Default: 5.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>Requests before the first round; null for the scenario's own number.</summary>
    public int? WarmUp { get; init; }

    /// <summary>Published builds to compare, the first one being what the others are divided by; none: this build alone.</summary>
    public IReadOnlyList<GatewayBuild> Gateways { get; init; } = [];
}
