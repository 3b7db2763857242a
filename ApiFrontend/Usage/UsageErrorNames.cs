using System.Text.Json;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Usage;

/// <summary>What a class of errors is called in usage answers.</summary>
internal static class UsageErrorNames
{
    /// <summary>Every class by its number; not every number has a class.</summary>
    public static readonly IReadOnlyList<(int Class, string Name)> All =
    [
        .. Enum.GetValues<TurnErrorKind>().Select(static kind => ((int)kind, JsonNamingPolicy.CamelCase.ConvertName($"{kind}"))),
    ];

    /// <summary>The name of a class, also of one that a newer version counted.</summary>
    public static string Of(int number) =>
        Enum.GetName((TurnErrorKind)number) is { } name ? JsonNamingPolicy.CamelCase.ConvertName(name) : $"class{number}";
}
