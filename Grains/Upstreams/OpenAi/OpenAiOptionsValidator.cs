using System.Globalization;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>Checks <see cref="OpenAiOptions"/> and lists every problem by its configuration key.</summary>
public sealed class OpenAiOptionsValidator : IValidateOptions<OpenAiOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, OpenAiOptions options)
    {
        var problems = Problems(options).Select(problem => $"{OpenAiOptions.SectionName}:{problem}").ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Problems(OpenAiOptions options)
    {
        (string Name, double Value, double Least, double Most, string Unit)[] ranges =
        [
            (nameof(options.ConnectTimeoutSeconds), options.ConnectTimeoutSeconds, 0.001, 3600, " seconds"),
            (nameof(options.FirstByteTimeoutSeconds), options.FirstByteTimeoutSeconds, 0.001, 3600, " seconds"),
            (nameof(options.BetweenBytesTimeoutSeconds), options.BetweenBytesTimeoutSeconds, 0.001, 3600, " seconds"),
            (nameof(options.TotalTimeoutSeconds), options.TotalTimeoutSeconds, 0.001, 86400, " seconds"),
            (nameof(options.IdleConnectionSeconds), options.IdleConnectionSeconds, 0.001, 30, " seconds"),
            (nameof(options.ConnectionLifetimeSeconds), options.ConnectionLifetimeSeconds, 1, 86400, " seconds"),
            (nameof(options.MaxConnections), options.MaxConnections, 1, 65535, ""),
            (nameof(options.MaxEventBytes), options.MaxEventBytes, 1024, 64 * 1024 * 1024, " bytes"),
            (nameof(options.MaxBodyBytes), options.MaxBodyBytes, 64 * 1024, 256 * 1024 * 1024, " bytes"),
        ];
        foreach (var (name, value, least, most, unit) in ranges)
        {
            if (!(value >= least && value <= most))
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; it must be {least} to {most}{unit}");
            }
        }
    }
}
