using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Admin.Members;

/// <summary>Finds every problem of the options at once.</summary>
internal sealed class MemberOptionsValidator : IValidateOptions<MemberOptions>
{
    private const int MostKeys = 100;
    private static readonly TimeSpan Shortest = TimeSpan.FromHours(1);

    public ValidateOptionsResult Validate(string? name, MemberOptions options)
    {
        var problems = new List<string>();
        if (options.MaxKeys is < 0 or > MostKeys)
        {
            problems.Add($"{MemberOptions.Section}:{nameof(options.MaxKeys)} is {options.MaxKeys}; give a value from 0 to {MostKeys}");
        }

        if (options.MaxKeyLifetime < Shortest)
        {
            problems.Add($"{MemberOptions.Section}:{nameof(options.MaxKeyLifetime)} is {options.MaxKeyLifetime}; give at least {Shortest}");
        }

        foreach (
            var (field, value) in ((string, long?)[])
                [
                    (nameof(options.RequestsPerMinute), options.RequestsPerMinute),
                    (nameof(options.TokensPerMinute), options.TokensPerMinute),
                    (nameof(options.MaxConcurrentRequests), options.MaxConcurrentRequests),
                    (nameof(options.TokensPerDay), options.TokensPerDay),
                    (nameof(options.TokensPerMonth), options.TokensPerMonth),
                ]
        )
        {
            if (value < 1)
            {
                problems.Add($"{MemberOptions.Section}:{field} is {value}; give at least 1, or leave it out");
            }
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
