using dotenv.net;
using FlowGpt.Grains.Interfaces.Storage;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Memory;

namespace FlowGpt.ApiFrontend.Configuration;

/// <summary>
/// Adds what users write to the ordinary .NET configuration, for every executable of the product. From weakest to strongest:
/// <c>appsettings.json</c>, the file <c>.env</c> of the working directory, the short names of <see cref="UserSetting"/> (the
/// environment wins over <c>.env</c>), the environment's full keys (<c>FlowGpt__Pool__Strategy</c>), the command line.
/// </summary>
public static class ProductConfiguration
{
    /// <summary>Where the product listens unless configured otherwise.</summary>
    public const string DefaultAddress = "http://localhost:8088";

    /// <summary>Reads <c>.env</c> and the short names; adds every problem found in them to <paramref name="problems"/>.</summary>
    public static void AddProductConfiguration(
        this ConfigurationManager configuration,
        string workingDirectory,
        ICollection<string> problems
    )
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(problems);
        var dotenv = ReadDotEnv(Path.Combine(workingDirectory, ".env"), problems);
        var at = FirstEnvironmentSource(configuration);
        configuration.Sources.Insert(at, new MemoryConfigurationSource { InitialData = dotenv });
        ListSettings.JoinShort(configuration, problems);
        var mapped = Map(configuration, dotenv, problems);
        configuration.Sources.Insert(at + 1, new MemoryConfigurationSource { InitialData = mapped });
        ListSettings.Join(configuration, problems);
        configuration["urls"] = Listeners(configuration);
        configuration["FlowGpt:Accounts:ListensOn"] = configuration["urls"];
    }

    // The ordinary address first: the start shows the first.
    private static string Listeners(ConfigurationManager configuration) =>
        string.Join(
            ';',
            new[]
            {
                configuration["urls"] ?? DefaultAddress,
                configuration["FlowGpt:Frontend:MetricsUrls"],
                configuration["FlowGpt:Frontend:AdminUrls"],
            }.Where(static address => !string.IsNullOrWhiteSpace(address))
        );

    /// <summary>Names a configuration key as its user would: the short name, if it has one, with the key behind it.</summary>
    internal static string Describe(string key)
    {
        var setting = UserSetting.All.FirstOrDefault(one => string.Equals(one.Key, key, StringComparison.OrdinalIgnoreCase));
        return setting is null ? key : $"{setting.Name} ({key})";
    }

    private static Dictionary<string, string?> Map(
        ConfigurationManager configuration,
        Dictionary<string, string?> dotenv,
        ICollection<string> problems
    )
    {
        var mapped = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var setting in UserSetting.All)
        {
            // Container engines pass on every line of an environment file: a variable that is empty is not set.
            var set = configuration[setting.Name];
            var text = (string.IsNullOrWhiteSpace(set) ? dotenv.GetValueOrDefault(setting.Name) : set)?.Trim();
            if (string.IsNullOrEmpty(text))
            {
                continue;
            }

            var result = setting.Convert?.Invoke(text) ?? new SettingValue(text, null);
            if (result.Problem is null)
            {
                mapped[setting.Key] = result.Value;
                continue;
            }

            var problem = $"{setting.Name}{(setting.IsSecret ? "" : $" = \"{text}\"")}: {result.Problem}";
            if (!problems.Contains(problem))
            {
                problems.Add(problem);
            }
        }

        return mapped;
    }

    private static Dictionary<string, string?> ReadDotEnv(string path, ICollection<string> problems)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        try
        {
            _ = OrdinaryFile.ReadAllBytes(path, OrdinaryFile.Small);
            return DotEnv
                .Read(new DotEnvOptions(ignoreExceptions: false, envFilePaths: [path], trimValues: true, supportExportSyntax: true))
                .ToDictionary(pair => pair.Key.Replace("__", ":", StringComparison.Ordinal), pair => (string?)pair.Value);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            problems.Add($"{path}: cannot be read ({exception.Message}). Give one NAME=value a line.");
            return [];
        }
    }

    // The host's own ASPNETCORE_ and DOTNET_ sources have a prefix; the source without a prefix is where a user's environment begins.
    private static int FirstEnvironmentSource(ConfigurationManager configuration)
    {
        for (var i = 0; i < configuration.Sources.Count; i++)
        {
            if (configuration.Sources[i] is EnvironmentVariablesConfigurationSource { Prefix: null or "" })
            {
                return i;
            }
        }

        return configuration.Sources.Count;
    }
}
