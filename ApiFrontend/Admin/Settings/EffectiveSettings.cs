using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using FlowGpt.Admin.Contracts.Settings;
using FlowGpt.ApiFrontend.Configuration;

namespace FlowGpt.ApiFrontend.Admin.Settings;

/// <summary>Puts together which settings are in force and where each came from. Secrets never leave it. Thread-safe.</summary>
public sealed class EffectiveSettings(IConfiguration configuration, IEnumerable<SettingsSection> sections)
{
    private const int Deepest = 4;

    /// <summary>Parts of names that mark a text as a secret; numbers, times and switches are none.</summary>
    private static readonly string[] SecretWords = ["Key", "Secret", "Password", "Token", "Connection", "Fields", "Headers", "Credential"];

    /// <summary>Names that hold such a part and are none.</summary>
    private static readonly string[] OpenWords = ["Keys", "Tokens", "KeyPause", "KeyLifetime", "TokensPer"];

    /// <summary>All settings, by name.</summary>
    public SettingsList Read()
    {
        var entries = new SortedDictionary<string, SettingEntry>(StringComparer.OrdinalIgnoreCase);
        foreach (var section in sections)
        {
            foreach (var type in section.Options)
            {
                AddDefaults(entries, section.Name, type, Activator.CreateInstance(type), 0);
            }

            AddConfigured(entries, configuration.GetSection(section.Name));
        }

        return new([.. entries.Values], $"{Environment.MachineName}, process {Environment.ProcessId}");
    }

    private void AddDefaults(SortedDictionary<string, SettingEntry> entries, string path, Type type, object? defaults, int depth)
    {
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(static one => one.CanWrite))
        {
            var name = $"{path}:{property.Name}";
            var value = defaults is null ? null : property.GetValue(defaults);
            var plain = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (TypeDescriptor.GetConverter(plain).CanConvertFrom(typeof(string)))
            {
                entries[name] = Entry(
                    name,
                    Convert.ToString(value, CultureInfo.InvariantCulture),
                    plain == typeof(string) && IsSecret(name)
                );
            }
            else if (plain.IsClass && depth < Deepest && plain.Namespace?.StartsWith("FlowGpt.", StringComparison.Ordinal) == true)
            {
                AddDefaults(entries, name, plain, value, depth + 1);
            }
        }
    }

    /// <summary>What is configured and no single property: lists and names that only the operator knows.</summary>
    private void AddConfigured(SortedDictionary<string, SettingEntry> entries, IConfigurationSection section)
    {
        foreach (var child in section.GetChildren())
        {
            if (child.Value is not null && !entries.ContainsKey(child.Path))
            {
                entries[child.Path] = Entry(child.Path, null, IsSecret(child.Path));
            }

            AddConfigured(entries, child);
        }
    }

    private SettingEntry Entry(string name, string? byDefault, bool isSecret)
    {
        var configured = configuration[name];
        return new(
            name,
            isSecret ? null : configured ?? byDefault,
            isSecret ? null : byDefault,
            isSecret,
            configured is not null,
            configured is null ? "default" : SourceOf(name)
        );
    }

    private string SourceOf(string name)
    {
        var provider = (configuration as IConfigurationRoot)?.Providers.LastOrDefault(one => one.TryGet(name, out _));
        var shortName = UserSetting.All.FirstOrDefault(one => string.Equals(one.Key, name, StringComparison.OrdinalIgnoreCase))?.Name;
        return provider switch
        {
            Microsoft.Extensions.Configuration.EnvironmentVariables.EnvironmentVariablesConfigurationProvider =>
                $"environment: {name.Replace(":", "__", StringComparison.Ordinal)}",
            Microsoft.Extensions.Configuration.CommandLine.CommandLineConfigurationProvider => "command line",
            FileConfigurationProvider file => $"file: {file.Source.Path}",
            _ when shortName is not null && configuration[shortName] is { Length: > 0 } => $"environment or .env: {shortName}",
            _ => ".env, or worked out at the start from other settings",
        };
    }

    private static bool IsSecret(string name)
    {
        var part = name[(name.IndexOf(':', StringComparison.Ordinal) + 1)..];
        var setting = UserSetting.All.FirstOrDefault(one => string.Equals(one.Key, name, StringComparison.OrdinalIgnoreCase));
        if (setting is not null)
        {
            return setting.IsSecret;
        }

        foreach (var open in OpenWords)
        {
            part = part.Replace(open, "", StringComparison.Ordinal);
        }

        return SecretWords.Any(word => part.Contains(word, StringComparison.OrdinalIgnoreCase));
    }
}
