namespace FlowGpt.ApiFrontend.Admin.Members;

/// <summary>What persons may give the client keys that they make for themselves. Section <see cref="Section"/>.</summary>
public sealed class MemberOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "FlowGpt:Members";

    /// <summary>Most keys of a person at a time.</summary>
    /// <value>Default 5; 0 (none) to 100.</value>
    public int MaxKeys { get; set; } = 5;

    /// <summary>The only models that such keys may use, separated by semicolons; empty for all.</summary>
    public string AllowedModels { get; set; } = "";

    /// <summary>The longest life of a key; a key that asks for no end gets this.</summary>
    /// <value>Default null: no end. At least 1 h.</value>
    public TimeSpan? MaxKeyLifetime { get; set; }

    /// <summary>Most requests of a key in any 60 seconds; a key that asks for no limit gets this.</summary>
    /// <value>Default null: not limited. At least 1.</value>
    public int? RequestsPerMinute { get; set; }

    /// <summary>Most tokens of a key in any 60 seconds.</summary>
    /// <value>Default null: not limited. At least 1.</value>
    public long? TokensPerMinute { get; set; }

    /// <summary>Most requests of a key at one time.</summary>
    /// <value>Default null: not limited. At least 1.</value>
    public int? MaxConcurrentRequests { get; set; }

    /// <summary>Most tokens of a key on one day, UTC.</summary>
    /// <value>Default null: not limited. At least 1.</value>
    public long? TokensPerDay { get; set; }

    /// <summary>Most tokens of a key in one calendar month, UTC.</summary>
    /// <value>Default null: not limited. At least 1.</value>
    public long? TokensPerMonth { get; set; }

    /// <summary>The models of <see cref="AllowedModels"/>.</summary>
    internal string[] Models() => AllowedModels.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
