using System.Text.Json.Serialization;

namespace FlowGpt.Simulator.Chat;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ChatRequest))]
[JsonSerializable(typeof(CreateRequest))]
internal sealed partial class ChatJson : JsonSerializerContext;
