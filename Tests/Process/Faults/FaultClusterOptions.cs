namespace FlowGpt.Tests.Process.Faults;

/// <summary>The processes and settings of a cluster under test.</summary>
internal sealed record FaultClusterOptions
{
    public int Silos { get; init; } = 3;

    public int Frontends { get; init; } = 2;

    /// <summary>The longest time of a request, as the product's setting has it. No request may take longer.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>Further settings of every silo.</summary>
    public IReadOnlyDictionary<string, string> SiloSettings { get; init; } = new Dictionary<string, string>();

    /// <summary>Further settings of every API process.</summary>
    public IReadOnlyDictionary<string, string> FrontendSettings { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Six accounts whose limits are all reached: each may have few calls at one time, so that requests queue under load, one may make few requests
    /// and one use few tokens in a minute.
    /// </summary>
    public IReadOnlyList<FaultAccount> Accounts { get; init; } =
    [
        new("a1", MaxConcurrent: 3, RequestsPerMinute: 600),
        new("a2", MaxConcurrent: 3, RequestsPerMinute: 600),
        new("a3", MaxConcurrent: 3, RequestsPerMinute: 600),
        new("a4", MaxConcurrent: 3, RequestsPerMinute: 600),
        new("a5", MaxConcurrent: 2, RequestsPerMinute: 20),
        new("a6", MaxConcurrent: 2, RequestsPerMinute: 100, TokensPerMinute: 6000),
    ];
}
