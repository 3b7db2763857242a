using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Configuration;

/// <summary>Runs an executable so that a start that its operator can put right ends with a plain list of problems, not with a stack trace.</summary>
public static class Startup
{
    /// <summary>The exit code of a start that failed over configuration, data or an unreachable server.</summary>
    public const int FailedExitCode = 2;

    /// <summary>Runs the process to its end and returns its exit code.</summary>
    public static async Task<int> RunAsync(string product, Func<Task> run, TextWriter errors)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(errors);
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

    /// <summary>Checks every registered option at once.</summary>
    /// <exception cref="StartupException">Some are wrong; every problem is listed.</exception>
    public static void ValidateOptions(IServiceProvider services)
    {
        try
        {
            services.GetService<IStartupValidator>()?.Validate();
        }
        catch (Exception exception) when (ProblemsOf(exception) is { Count: > 0 } problems)
        {
            throw new StartupException(problems, exception);
        }
    }

    private static List<string> ProblemsOf(Exception exception) =>
        exception switch
        {
            StartupException startup => [.. startup.Problems],
            OptionsValidationException options => [.. options.Failures.Select(Name)],
            AggregateException aggregate => [.. aggregate.InnerExceptions.SelectMany(ProblemsOf)],
            _ => [],
        };

    // A validator knows its configuration key; the user may know it by another name.
    private static string Name(string failure)
    {
        foreach (var setting in UserSetting.All)
        {
            if (failure.Contains(setting.Key, StringComparison.OrdinalIgnoreCase))
            {
                return failure.Replace(setting.Key, $"{setting.Name} ({setting.Key})", StringComparison.OrdinalIgnoreCase);
            }
        }

        return failure;
    }
}
