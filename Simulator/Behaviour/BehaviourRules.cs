using System.Text.Json;

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

        var faults = (settings.Faults ?? []).Select((fault, i) => ($"faults[{i}]", fault));
        foreach (var (field, fault) in settings.Fault is { } first ? faults.Prepend(("fault", first)) : faults)
        {
            foreach (var (name, problem) in Problems(fault))
            {
                yield return ($"{field}.{name}", problem);
            }
        }

        foreach (var (name, problem) in settings.OpenAi is { } openAi ? Problems(openAi) : [])
        {
            yield return ("openAi." + name, problem);
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

    private static IEnumerable<(string Field, string Problem)> Problems(FaultSettings fault)
    {
        if (fault.After is < 0 or > MaxTokens)
        {
            yield return ("after", $"must be from 0 to {MaxTokens}");
        }

        if (fault.RetryAfterSeconds < 0)
        {
            yield return ("retryAfterSeconds", "must not be negative");
        }

        if (fault.Times < 0)
        {
            yield return ("times", "must not be negative");
        }

        if (fault.Status is < 400 or > 599 || (fault.Kind == FaultKind.Status && fault.Status is null))
        {
            yield return ("status", "must be from 400 to 599");
        }
    }

    private static IEnumerable<(string Field, string Problem)> Problems(OpenAiSettings settings)
    {
        foreach (var (field, value) in Counts(settings))
        {
            if (value is < 0 or > MaxTokens)
            {
                yield return (field, $"must be from 0 to {MaxTokens}");
            }
        }

        if (settings.ExtraFields is { } fields && !IsObject(fields))
        {
            yield return ("extraFields", "must be a JSON object in a string");
        }

        if (settings.Calls?.Any(call => string.IsNullOrEmpty(call.Name)) == true)
        {
            yield return ("calls", "must all have a name");
        }
    }

    private static (string Field, int? Value)[] Counts(OpenAiSettings settings) =>
        [
            ("cachedTokens", settings.CachedTokens),
            ("hiddenReasoningTokens", settings.HiddenReasoningTokens),
            ("splitBytes", settings.SplitBytes),
        ];

    private static bool IsObject(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
