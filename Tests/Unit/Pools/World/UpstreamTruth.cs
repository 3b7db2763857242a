using FlowGpt.Grains.Accounts;

namespace FlowGpt.Tests.Unit.Pools.World;

/// <summary>
/// The upstream's counts of one account, made from the list of all arrivals: shares no code with the pool's windows.
/// </summary>
/// <remarks>
/// Storage protects windows against an activation that continues after it was replaced; calls in flight are not written, so nothing can prevent those that it
/// still grants. All calls that were granted by an activation before it was replaced keep the limit together.
/// </remarks>
internal sealed class UpstreamTruth(AccountLimits limits)
{
    private readonly List<(DateTimeOffset At, int Tokens)> _arrivals = [];
    private int _inFlight;

    /// <summary>Every limit that was exceeded, and when.</summary>
    public List<string> Violations { get; } = [];

    public int Arrivals => _arrivals.Count;

    /// <summary>A request arrives, which uses this many tokens in all.</summary>
    public void Arrive(DateTimeOffset at, int tokens)
    {
        _arrivals.Add((at, tokens));
        Check(at, "requestsPerMinute", limits.RequestsPerMinute, TimeSpan.FromMinutes(1), static _ => 1);
        Check(at, "requestsPerHour", limits.RequestsPerHour, TimeSpan.FromHours(1), static _ => 1);
        Check(at, "requestsPerDay", limits.RequestsPerDay, TimeSpan.FromDays(1), static _ => 1);
        Check(at, "tokensPerMinute", limits.TokensPerMinute, TimeSpan.FromMinutes(1), static tokens => tokens);
        Check(at, "tokensPerDay", limits.TokensPerDay, TimeSpan.FromDays(1), static tokens => tokens);
    }

    /// <summary>A call begins.</summary>
    /// <param name="at">When.</param>
    /// <param name="granted">Whether the activation that granted its lease had not been replaced by then.</param>
    public void Begin(DateTimeOffset at, bool granted)
    {
        _inFlight += granted ? 1 : 0;
        if (granted && _inFlight > limits.MaxConcurrent)
        {
            Violations.Add($"{at:O} maxConcurrent: {_inFlight} of {limits.MaxConcurrent}");
        }
    }

    public void End(bool granted) => _inFlight -= granted ? 1 : 0;

    /// <summary>The most that arrived in any window of this length that ends at an arrival.</summary>
    public long MostIn(TimeSpan window) => _arrivals.Max(end => _arrivals.Count(a => a.At > end.At - window && a.At <= end.At));

    public int ArrivedIn(DateTimeOffset from, DateTimeOffset until) => _arrivals.Count(a => a.At >= from && a.At < until);

    public long TokensIn(DateTimeOffset from, DateTimeOffset until) =>
        _arrivals.Where(a => a.At >= from && a.At < until).Sum(a => (long)a.Tokens);

    private void Check(DateTimeOffset now, string name, int? limit, TimeSpan window, Func<int, int> measure)
    {
        if (limit is not { } most)
        {
            return;
        }

        // Arrivals are not entered in order of time: a window that ends at any of those that follow may be the one exceeded.
        foreach (var end in _arrivals.Where(a => a.At >= now && a.At < now + window).Select(a => a.At).Distinct())
        {
            var used = 0L;
            for (var i = _arrivals.Count - 1; i >= 0; i--)
            {
                var (at, tokens) = _arrivals[i];
                used += at > end - window && at <= end ? measure(tokens) : 0;
            }

            if (used > most)
            {
                Violations.Add($"{end:O} {name}: {used} of {most}");
            }
        }
    }
}
