using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Pools;

/// <summary>Checks <see cref="PoolOptions"/> and lists every problem by its configuration key.</summary>
public sealed class PoolOptionsValidator : IValidateOptions<PoolOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, PoolOptions options)
    {
        var problems = Problems(options).Select(problem => $"{PoolOptions.SectionName}:{problem}").ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Problems(PoolOptions o)
    {
        if (!Enum.IsDefined(o.Strategy))
        {
            yield return $"{nameof(o.Strategy)} is unknown; use one of {string.Join(", ", Enum.GetNames<Choice.ChoiceStrategyKind>())}";
        }

        if (o.QueueLength is < 1 or > 100_000)
        {
            yield return $"{nameof(o.QueueLength)} is {o.QueueLength} but must be from 1 to 100000";
        }

        if (o.BreakerAccounts is < 2 or > 1000)
        {
            yield return $"{nameof(o.BreakerAccounts)} is {o.BreakerAccounts} but must be from 2 to 1000";
        }

        if (o.MaxConvictionsPerMinute is < 1 or > 1000)
        {
            yield return $"{nameof(o.MaxConvictionsPerMinute)} is {o.MaxConvictionsPerMinute} but must be from 1 to 1000";
        }

        if (!(o.ClockMargin >= 0 && o.ClockMargin <= 0.05))
        {
            yield return $"{nameof(o.ClockMargin)} is {o.ClockMargin} but must be from 0 to 0.05";
        }

        (string Name, TimeSpan Value, TimeSpan Least, TimeSpan Most)[] times =
        [
            (nameof(o.LeaseTtl), o.LeaseTtl, Seconds(3), Minutes(10)),
            (nameof(o.DeadSiloGrace), o.DeadSiloGrace, Seconds(0), Minutes(1)),
            (nameof(o.RateLimitFirstCoolDown), o.RateLimitFirstCoolDown, Seconds(0.1), Minutes(60)),
            (nameof(o.RateLimitMaxCoolDown), o.RateLimitMaxCoolDown, o.RateLimitFirstCoolDown, Minutes(24 * 60)),
            (nameof(o.UpstreamFirstCoolDown), o.UpstreamFirstCoolDown, Seconds(0.1), Minutes(60)),
            (nameof(o.UpstreamMaxCoolDown), o.UpstreamMaxCoolDown, o.UpstreamFirstCoolDown, Minutes(24 * 60)),
            (nameof(o.ChallengeCoolDown), o.ChallengeCoolDown, Seconds(0), Minutes(24 * 60)),
            (nameof(o.BreakerWindow), o.BreakerWindow, Seconds(1), Minutes(10)),
            (nameof(o.BreakerFirstDelay), o.BreakerFirstDelay, Seconds(0.1), Minutes(10)),
            (nameof(o.BreakerMaxDelay), o.BreakerMaxDelay, o.BreakerFirstDelay, Minutes(60)),
            (nameof(o.ProbeFirstInterval), o.ProbeFirstInterval, Seconds(0.1), Minutes(60)),
            (nameof(o.ProbeMaxInterval), o.ProbeMaxInterval, o.ProbeFirstInterval, Minutes(60)),
            (nameof(o.RecentSuccess), o.RecentSuccess, Seconds(1), Minutes(60)),
            (nameof(o.ConvictionLifetime), o.ConvictionLifetime, Minutes(1), Minutes(60)),
            (nameof(o.TransitAllowance), o.TransitAllowance, Seconds(0), Minutes(1)),
            (nameof(o.ReserveSpan), o.ReserveSpan, Seconds(0.1), Minutes(5)),
            (nameof(o.ReserveValidity), o.ReserveValidity, Seconds(1), Minutes(60)),
            (nameof(o.TokenExpiryWarning), o.TokenExpiryWarning, Seconds(0), Minutes(60 * 24 * 365)),
        ];
        foreach (var (field, value, least, most) in times)
        {
            if (value < least || value > most)
            {
                yield return $"{field} is {value} but must be from {least} to {most}";
            }
        }
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static TimeSpan Minutes(double minutes) => TimeSpan.FromMinutes(minutes);
}
