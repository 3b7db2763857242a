using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Keys;

/// <summary>Finds every problem of the options at once.</summary>
internal sealed class KeyUseOptionsValidator : IValidateOptions<KeyUseOptions>
{
    public ValidateOptionsResult Validate(string? name, KeyUseOptions options)
    {
        var problems = new List<string>();
        Check(problems, nameof(options.SettleGrace), options.SettleGrace, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        Check(problems, nameof(options.ReserveSpan), options.ReserveSpan, TimeSpan.FromSeconds(0.1), TimeSpan.FromMinutes(5));
        Check(problems, nameof(options.ReserveValidity), options.ReserveValidity, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        Check(problems, nameof(options.ClockMargin), options.ClockMargin, 0, 0.05);
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(options.TimeZone, out _))
        {
            problems.Add(
                $"{KeyUseOptions.Section}:{nameof(options.TimeZone)} is \"{options.TimeZone}\", which is no time zone here; give an IANA name such as Europe/Berlin, or UTC"
            );
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static void Check<T>(List<string> problems, string field, T value, T least, T most)
        where T : IComparable<T>
    {
        // Written so that a number that is none fails too.
        if (!(value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0))
        {
            problems.Add($"{KeyUseOptions.Section}:{field} is {value}; give a value from {least} to {most}");
        }
    }
}
