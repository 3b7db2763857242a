namespace FlowGpt.Simulator.Behaviour;

/// <summary>A fault to inject.</summary>
public sealed record FaultSettings
{
    /// <summary>What goes wrong.</summary>
    public FaultKind Kind { get; init; }

    /// <summary>For the kinds that end in "after": how many text fragments are sent first. Default 0: headers only.</summary>
    public int After { get; init; }

    /// <summary>For kinds that answer with an error: the <c>Retry-After</c> header in seconds. Default none.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>How many requests meet the fault before it is spent. Default null: every request. Ignored in a directive.</summary>
    public int? Times { get; init; }

    /// <summary>Which requests meet it. Default <see cref="FaultRoute.Chat"/>. Ignored in a directive.</summary>
    public FaultRoute Route { get; init; }

    /// <summary>Only requests for this model meet it. Default null: for every model. Ignored in a directive.</summary>
    public string? Model { get; init; }

    /// <summary>Only requests whose question contains this text meet it. Default null: every question. Ignored in a directive.</summary>
    public string? Contains { get; init; }

    /// <summary>The status to answer instead of the kind's own; needed for <see cref="FaultKind.Status"/>.</summary>
    public int? Status { get; init; }

    /// <summary>The error's message instead of the kind's own.</summary>
    public string? Message { get; init; }

    /// <summary>The <c>code</c> of the OpenAI-compatible face's error instead of the kind's own.</summary>
    public string? Code { get; init; }

    /// <summary>The <c>type</c> of the OpenAI-compatible face's error instead of the kind's own.</summary>
    public string? Type { get; init; }

    /// <summary>The <c>param</c> of the OpenAI-compatible face's error. Default null.</summary>
    public string? Param { get; init; }

    internal bool Concerns(in FaultTarget target) =>
        (Route == FaultRoute.Any || Route == target.Route)
        && (Model is null || Model == target.Model)
        && (Contains is null || target.Question?.Contains(Contains, StringComparison.Ordinal) == true);
}
