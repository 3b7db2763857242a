namespace FlowGpt.Simulator.Behaviour;

/// <summary>A fault to inject.</summary>
public sealed record FaultSettings
{
    /// <summary>What goes wrong.</summary>
    public FaultKind Kind { get; init; }

    /// <summary>For the kinds that end in "after": how many text fragments are sent first. Default 0: headers only.</summary>
    public int After { get; init; }

    /// <summary>For 429 and 503: the <c>Retry-After</c> header in seconds. Default none, as nothing else was ever recorded.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>How many requests meet the fault before it is spent. Default null: every request. Ignored in a directive.</summary>
    public int? Times { get; init; }

    /// <summary>Which requests meet it. Default <see cref="FaultRoute.Chat"/>. Ignored in a directive.</summary>
    public FaultRoute Route { get; init; }

    internal bool Concerns(FaultRoute route) => Route == FaultRoute.Any || Route == route;
}
