using System.Text.Json.Serialization;

namespace FlowGpt.ApiFrontend.Admin.Keys;

/// <summary>JSON of <c>/admin/keys</c>: camel case; computed members of the limits stay out.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(KeyAnswer))]
[JsonSerializable(typeof(KeyList))]
internal sealed partial class KeyJson : JsonSerializerContext;
