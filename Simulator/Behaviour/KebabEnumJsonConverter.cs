using System.Text.Json;
using System.Text.Json.Serialization;

namespace FlowGpt.Simulator.Behaviour;

/// <summary>Enum values in JSON under their kebab-case names.</summary>
/// <typeparam name="T">The enum.</typeparam>
internal sealed class KebabEnumJsonConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
