namespace FlowGpt.Simulator.Accounts;

/// <summary>What account settings may be.</summary>
internal static class LimitRules
{
    /// <summary>Every problem as the limit's name and what it must be.</summary>
    public static IEnumerable<(string Field, string Problem)> Problems(AccountLimits limits) =>
        Values(limits).Where(limit => limit.Value < 1).Select(limit => (limit.Field, "must be 1 or more, or absent for no limit"));

    /// <summary>Every problem as the setting's name and what it must be.</summary>
    public static IEnumerable<(string Field, string Problem)> Problems(AccountSettings settings)
    {
        foreach (var (field, problem) in Problems(settings.Limits ?? new AccountLimits()))
        {
            yield return ("limits." + field, problem);
        }

        if (settings.TokenLifetime <= TimeSpan.Zero)
        {
            yield return ("tokenLifetime", "must be positive");
        }
    }

    public static void ThrowIfInvalid(AccountSettings settings)
    {
        var problems = Problems(settings).Select(problem => $"{problem.Field} {problem.Problem}").ToArray();
        if (problems.Length > 0)
        {
            throw new ArgumentException(string.Join("; ", problems), nameof(settings));
        }
    }

    private static (string Field, int? Value)[] Values(AccountLimits limits) =>
        [
            ("requestsPerMinute", limits.RequestsPerMinute),
            ("requestsPerHour", limits.RequestsPerHour),
            ("requestsPerDay", limits.RequestsPerDay),
            ("tokensPerMinute", limits.TokensPerMinute),
            ("tokensPerDay", limits.TokensPerDay),
            ("maxConcurrent", limits.MaxConcurrent),
        ];
}
