namespace FlowGpt.Simulator.Behaviour;

/// <summary>What behaviour settings may be.</summary>
internal static class BehaviourRules
{
    public const int MaxTokens = 1_000_000;

    /// <summary>Every problem as the setting's name and what it must be.</summary>
    public static IEnumerable<(string Field, string Problem)> Problems(BehaviourSettings settings)
    {
        if (settings.FirstTokenDelay < TimeSpan.Zero)
        {
            yield return ("firstTokenDelay", "must not be negative");
        }

        if (settings.TokenDelay < TimeSpan.Zero)
        {
            yield return ("tokenDelay", "must not be negative");
        }

        if (settings.ReplyTokens is < 1 or > MaxTokens)
        {
            yield return ("replyTokens", $"must be from 1 to {MaxTokens}");
        }

        if (settings.FragmentCharacters is < 0 or > MaxTokens)
        {
            yield return ("fragmentCharacters", $"must be from 0 to {MaxTokens}");
        }

        if (settings.Prefix is { } prefix && !PrefixVariants.TryResolve(prefix, out _))
        {
            yield return ("prefix", $"must be one of {string.Join(", ", PrefixVariants.ByName.Keys)}, or text: and the prefix itself");
        }

        if (settings.Fault is { After: < 0 or > MaxTokens })
        {
            yield return ("fault.after", $"must be from 0 to {MaxTokens}");
        }

        if (settings.Fault is { RetryAfterSeconds: < 0 })
        {
            yield return ("fault.retryAfterSeconds", "must not be negative");
        }

        if (settings.Fault is { Times: < 0 })
        {
            yield return ("fault.times", "must not be negative");
        }
    }

    public static void ThrowIfInvalid(BehaviourSettings settings)
    {
        var problems = Problems(settings).Select(problem => $"{problem.Field} {problem.Problem}").ToArray();
        if (problems.Length > 0)
        {
            throw new ArgumentException(string.Join("; ", problems), nameof(settings));
        }
    }
}
