namespace FlowGpt.Grains.Models;

/// <summary>When the provider of one pool is asked next. Pure.</summary>
/// <param name="Due">When to ask.</param>
/// <param name="Failures">Attempts that have failed since the last success.</param>
internal readonly record struct DiscoverySchedule(DateTimeOffset Due, int Failures)
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(5);

    /// <summary>After an attempt. Failures are repeated after 5 s, then after twice as long each time, never later than the interval.</summary>
    public DiscoverySchedule After(bool succeeded, DateTimeOffset now, TimeSpan interval)
    {
        if (succeeded)
        {
            return new(now + interval, 0);
        }

        var pause = FirstRetry * Math.Pow(2, Math.Min(Failures, 20));
        return new(now + (pause < interval ? pause : interval), Failures + 1);
    }
}
