namespace FlowGpt.ApiFrontend.Admin.Audit;

/// <summary>
/// Marks a route that only takes rights away: it is carried out also when the audit log cannot be written, so that a full storage does not keep a key alive.
/// </summary>
internal sealed class TakesAway
{
    /// <summary>The mark.</summary>
    public static TakesAway Only { get; } = new();
}
