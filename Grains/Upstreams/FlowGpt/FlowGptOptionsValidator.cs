using System.Globalization;
using FlowGpt.Grains.Upstreams.Http;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Upstreams.FlowGpt;

/// <summary>Checks <see cref="FlowGptOptions"/> and lists every problem by its configuration key.</summary>
public sealed class FlowGptOptionsValidator : IValidateOptions<FlowGptOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, FlowGptOptions options)
    {
        var problems = Problems(options).Select(problem => $"{FlowGptOptions.SectionName}:{problem}").ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Problems(FlowGptOptions options)
    {
        if (
            !Uri.TryCreate(options.BaseUrl, UriKind.Absolute, out var baseUrl)
            || baseUrl.Scheme is not ("http" or "https")
            || baseUrl.Query.Length > 0
            || baseUrl.Fragment.Length > 0
            || baseUrl.UserInfo.Length > 0
        )
        {
            yield return $"{nameof(options.BaseUrl)} must be an http or https address without user, query or fragment, such as https://host";
        }

        if (!SignatureForms.TryParse(options.Signature, out _))
        {
            yield return $"{nameof(options.Signature)} \"{options.Signature}\" is unknown; use one of {string.Join(", ", SignatureForms.Names)}";
        }

        if (!ContextModes.TryParse(options.ContextMode, out _))
        {
            yield return $"{nameof(options.ContextMode)} \"{options.ContextMode}\" is unknown; use one of {string.Join(", ", ContextModes.Names)}";
        }

        foreach (var problem in HeaderProblems(options).Concat(RangeProblems(options)))
        {
            yield return problem;
        }
    }

    private static IEnumerable<string> HeaderProblems(FlowGptOptions options)
    {
        (string Name, string? Value)[] headers =
        [
            (nameof(options.Origin), options.Origin),
            (nameof(options.Referer), options.Referer),
            (nameof(options.AcceptLanguage), options.AcceptLanguage),
        ];
        foreach (var (name, value) in headers)
        {
            if (!ExtraHeaderRules.IsFieldValue(value))
            {
                yield return $"{name} must be printable ASCII on one line, or empty";
            }
        }

        foreach (var (name, value) in options.ExtraHeaders)
        {
            if (ExtraHeaderRules.Problem(name, value, FlowGptHeaders.Own) is { } problem)
            {
                yield return $"{nameof(options.ExtraHeaders)}: \"{name}\" {problem}";
            }
        }
    }

    private static IEnumerable<string> RangeProblems(FlowGptOptions options)
    {
        (string Name, double Value, double Least, double Most, string Unit)[] ranges =
        [
            (nameof(options.DefaultTemperature), options.DefaultTemperature, 0, 2, ""),
            (nameof(options.ConnectTimeoutSeconds), options.ConnectTimeoutSeconds, 0.001, 3600, " seconds"),
            (nameof(options.FirstByteTimeoutSeconds), options.FirstByteTimeoutSeconds, 0.001, 3600, " seconds"),
            (nameof(options.BetweenBytesTimeoutSeconds), options.BetweenBytesTimeoutSeconds, 0.001, 3600, " seconds"),
            (nameof(options.TotalTimeoutSeconds), options.TotalTimeoutSeconds, 0.001, 86400, " seconds"),
            (nameof(options.ConnectionLifetimeSeconds), options.ConnectionLifetimeSeconds, 1, 86400, " seconds"),
            (nameof(options.MaxConnections), options.MaxConnections, 1, 65535, ""),
            (nameof(options.MaxLineBytes), options.MaxLineBytes, 1024, 16 * 1024 * 1024, " bytes"),
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
