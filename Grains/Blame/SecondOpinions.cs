namespace FlowGpt.Grains.Blame;

/// <summary>
/// Second opinions under way, at most one for an account and a model: further refusals of the account wait for the second opinion that is under way.
/// Pure.
/// </summary>
internal sealed class SecondOpinions
{
    /// <summary>The longest wait for another request's second opinion.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly Dictionary<(string Account, string Model), (Guid Lease, DateTimeOffset Since)> _open = [];

    /// <summary>Whether a second opinion on an account's refusal is under way.</summary>
    public bool IsUnderWay(string account, string model, DateTimeOffset now) =>
        _open.TryGetValue((account, model), out var opinion) && now - opinion.Since < LongestWait;

    /// <summary>A second opinion is asked for with this lease.</summary>
    public void Begin(string account, string model, Guid lease, DateTimeOffset now)
    {
        if (!IsUnderWay(account, model, now))
        {
            _open[(account, model)] = (lease, now);
        }
    }

    /// <summary>The call of the lease has ended.</summary>
    /// <returns>Whether it was a second opinion that others wait for.</returns>
    public bool End(string account, string model, Guid lease) =>
        _open.TryGetValue((account, model), out var opinion) && opinion.Lease == lease && _open.Remove((account, model));
}
