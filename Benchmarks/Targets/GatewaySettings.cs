namespace FlowGpt.Benchmarks.Targets;

/// <summary>How a gateway is set up.</summary>
/// <param name="ContextMode">How it sends context upstream: <c>conversation</c> or <c>history</c>.</param>
internal sealed record GatewaySettings(string ContextMode)
{
    public const string Conversation = "conversation";

    public const string History = "history";

    /// <summary>Accounts in its pool.</summary>
    public int Accounts { get; init; } = 20;

    /// <summary>Whether the accounts have limits of every kind, all too generous to be reached.</summary>
    public bool Limited { get; init; }

    /// <summary>Models in the accounts file, beside those that the product knows by itself.</summary>
    public int Models { get; init; }

    /// <summary>Where its executable was published to; null for the one beside this program.</summary>
    public string? Folder { get; init; }

    /// <summary>Environment variables of its own.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();
}
