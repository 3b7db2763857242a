using System.Text.Json;

namespace FlowGpt.Simulator.Json;

/// <summary>Enum values by their kebab-case names, as JSON and directives write them.</summary>
/// <typeparam name="T">The enum.</typeparam>
internal static class KebabName<T>
    where T : struct, Enum
{
    private static readonly Dictionary<T, string> ByValue = Enum.GetValues<T>()
        .ToDictionary(value => value, value => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString()));

    private static readonly Dictionary<string, T> ByName = ByValue.ToDictionary(
        pair => pair.Value,
        pair => pair.Key,
        StringComparer.OrdinalIgnoreCase
    );

    /// <summary>All names, for messages.</summary>
    public static string List { get; } = string.Join(", ", ByName.Keys);

    public static string Of(T value) => ByValue[value];

    public static bool TryParse(string? name, out T value)
    {
        value = default;
        return name is not null && ByName.TryGetValue(name, out value);
    }
}
