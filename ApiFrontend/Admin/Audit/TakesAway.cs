namespace FlowGpt.ApiFrontend.Admin.Audit;

/// <summary>
/// Marks a route that only takes rights away, or may do so, or gives nothing that its caller has not: it is carried out also when the audit log cannot be written, so that a full storage does not keep a key alive.
/// </summary>
internal sealed class TakesAway
{
    private TakesAway(bool always) => Always = always;

    /// <summary>The mark of a route that never gives anything.</summary>
    public static TakesAway Only { get; } = new(always: true);

    /// <summary>The mark of a route whose body tells: the handler refuses what gives anything where <see cref="IsNeeded"/> says so.</summary>
    public static TakesAway Perhaps { get; } = new(always: false);

    /// <summary>Whether the route never gives anything.</summary>
    public bool Always { get; }

    /// <summary>Whether the request has no entry in the audit log, so that it may only take rights away.</summary>
    public static bool IsNeeded(HttpContext context) => context.Items.ContainsKey(typeof(TakesAway));

    /// <summary>Notes that the request has no entry in the audit log.</summary>
    public static void Need(HttpContext context) => context.Items[typeof(TakesAway)] = Only;
}
