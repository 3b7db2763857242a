namespace FlowGpt.Simulator.Accounts;

/// <summary>The limits of one account. A limit that is null does not exist.</summary>
public sealed record AccountLimits
{
    /// <summary>Chat requests in a minute.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>Chat requests in an hour.</summary>
    public int? RequestsPerHour { get; init; }

    /// <summary>Chat requests in a day.</summary>
    public int? RequestsPerDay { get; init; }

    /// <summary>Tokens in a minute: words of the prompt and fragments of the reply (assumed), at the time the request arrived.</summary>
    public int? TokensPerMinute { get; init; }

    /// <summary>Tokens in a day, counted as for <see cref="TokensPerMinute"/>.</summary>
    public int? TokensPerDay { get; init; }

    /// <summary>Chat replies in progress at once.</summary>
    public int? MaxConcurrent { get; init; }

    /// <summary>How windows are counted. Default <see cref="WindowKind.Sliding"/> (assumed).</summary>
    public WindowKind Windows { get; init; }
}
