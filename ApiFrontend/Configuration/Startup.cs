using System.Text.RegularExpressions;
using FlowGpt.ApiFrontend.Memory;
using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Configuration;

/// <summary>Runs an executable so that a start that its operator can put right ends with a plain list of problems, not with a stack trace.</summary>
public static partial class Startup
{
    /// <summary>The exit code of a start that failed over configuration, data or an unreachable server.</summary>
    public const int FailedExitCode = 2;

    /// <summary>Runs the process to its end and returns its exit code.</summary>
    public static async Task<int> RunAsync(string product, Func<Task> run, TextWriter errors)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(errors);
        SystemHeap.ShareParts();
        ProductLogging.BufferStandardOutput();
        try
        {
            await run();
            return 0;
        }
        catch (Exception exception) when (ProblemsOf(exception) is { Count: > 0 } problems)
        {
            await errors.WriteLineAsync($"{product} cannot start:");
            foreach (var problem in problems)
            {
                await errors.WriteLineAsync($"  - {problem}");
            }

            return FailedExitCode;
        }
    }

    /// <summary>
    /// Runs a check; its problems go into the list and the result is then the type's default. So several checks run although one
    /// fails, and all of their problems are reported at once.
    /// </summary>
    public static T? Collect<T>(ICollection<string> problems, Func<T> check)
    {
        ArgumentNullException.ThrowIfNull(problems);
        ArgumentNullException.ThrowIfNull(check);
        try
        {
            return check();
        }
        catch (Exception exception) when (ProblemsOf(exception) is { Count: > 0 } found)
        {
            foreach (var problem in found)
            {
                problems.Add(problem);
            }

            return default;
        }
    }

    /// <summary>Ends the start if any problem was found.</summary>
    /// <exception cref="StartupException">There are problems.</exception>
    public static void ThrowIfAny(IReadOnlyList<string> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        if (problems.Count > 0)
        {
            throw new StartupException(problems);
        }
    }

    private static List<string> ProblemsOf(Exception exception) =>
        exception switch
        {
            StartupException startup => [.. startup.Problems],
            OptionsValidationException options => [.. options.Failures.Select(failure => Name(options.OptionsType, failure))],
            AggregateException aggregate => [.. aggregate.InnerExceptions.SelectMany(ProblemsOf)],
            _ => [],
        };

    // A validator knows its configuration key; the user may know it by another name.
    private static string Name(Type options, string failure)
    {
        var text = WithKey(options, failure);
        foreach (var setting in UserSetting.All)
        {
            if (text.Contains(setting.Key, StringComparison.OrdinalIgnoreCase))
            {
                return text.Contains(setting.Name, StringComparison.Ordinal)
                    ? text
                    : text.Replace(setting.Key, $"{setting.Name} ({setting.Key})", StringComparison.OrdinalIgnoreCase);
            }
        }

        return text;
    }

    // The framework words the failure of a [Range] or [Required] by type and member; the type has its section as a constant.
    private static string WithKey(Type options, string failure)
    {
        var annotation = Annotation().Match(failure);
        if (!annotation.Success)
        {
            return failure;
        }

        var section = (options.GetField("Section") ?? options.GetField("SectionName"))?.GetRawConstantValue() ?? options.Name;
        var member = annotation.Groups["member"].Value;
        var message = annotation.Groups["message"].Value;
        return message.StartsWith(section.ToString()!, StringComparison.Ordinal)
            ? message
            : $"{section}:{member} {message.Replace($"The field {member} ", "", StringComparison.Ordinal)}";
    }

    [GeneratedRegex("^DataAnnotation validation failed for '[^']*' members: '(?<member>[^']*)' with the error: '(?<message>.*)'\\.$")]
    private static partial Regex Annotation();
}
