using System.Text.Json.Serialization;

namespace FlowGpt.Simulator.Discovery;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Persona[]))]
[JsonSerializable(typeof(PersonaAnswer))]
[JsonSerializable(typeof(TrpcAnswer[]))]
[JsonSerializable(typeof(Dictionary<string, TrpcInput>))]
internal sealed partial class DiscoveryJson : JsonSerializerContext;
