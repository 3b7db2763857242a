using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Keys;

/// <summary>Finds every problem of the options at once.</summary>
internal sealed class ClientKeyOptionsValidator : IValidateOptions<ClientKeyOptions>
{
    public ValidateOptionsResult Validate(string? name, ClientKeyOptions options)
    {
        var problems = new List<string>();
        CheckRange(problems, nameof(options.CacheFor), options.CacheFor, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        CheckRange(problems, nameof(options.LookupTimeout), options.LookupTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));
        CheckRange(problems, nameof(options.MaxRemembered), options.MaxRemembered, 100, 1_000_000);
        CheckRange(problems, nameof(options.FreeWrongKeys), options.FreeWrongKeys, 0, 1000);
        CheckRange(problems, nameof(options.WrongKeyPause), options.WrongKeyPause, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static void CheckRange<T>(List<string> problems, string field, T value, T least, T most)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
        {
            problems.Add($"{ClientKeyOptions.Section}:{field} is {value}; give a value from {least} to {most}");
        }
    }
}
