namespace FlowGpt.Grains.Accounts;

/// <summary>What an account may do, as its operator knows it. A limit that is null does not exist; every other is at least 1.</summary>
[GenerateSerializer, Immutable, Alias("flowgpt.AccountLimits")]
public sealed record AccountLimits
{
    /// <summary>No limits at all.</summary>
    public static readonly AccountLimits None = new();

    /// <summary>Chat requests in any minute.</summary>
    [Id(0)]
    public int? RequestsPerMinute { get; init; }

    /// <summary>Chat requests in any hour.</summary>
    [Id(1)]
    public int? RequestsPerHour { get; init; }

    /// <summary>Chat requests in any 24 hours.</summary>
    [Id(2)]
    public int? RequestsPerDay { get; init; }

    /// <summary>Prompt and reply tokens in any minute.</summary>
    [Id(3)]
    public int? TokensPerMinute { get; init; }

    /// <summary>Prompt and reply tokens in any 24 hours.</summary>
    [Id(4)]
    public int? TokensPerDay { get; init; }

    /// <summary>Chat calls in flight at once.</summary>
    [Id(5)]
    public int? MaxConcurrent { get; init; }
}
