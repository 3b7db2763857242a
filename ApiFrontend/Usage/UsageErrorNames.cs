using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Usage;

/// <summary>What a class of errors is called in usage answers.</summary>
internal static class UsageErrorNames
{
    /// <summary>Every class, in the order of its number.</summary>
    public static readonly IReadOnlyList<string> All = [.. Enum.GetNames<TurnErrorKind>().Select(JsonNamingPolicyOf)];

    private static string JsonNamingPolicyOf(string name) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(name);
}
