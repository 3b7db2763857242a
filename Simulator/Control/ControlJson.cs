using System.Text.Json.Serialization;
using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Truth;

namespace FlowGpt.Simulator.Control;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true
)]
[JsonSerializable(typeof(TruthSnapshot))]
[JsonSerializable(typeof(BehaviourSettings))]
[JsonSerializable(typeof(AccountSettings))]
[JsonSerializable(typeof(AccountTruth))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(MintedToken))]
[JsonSerializable(typeof(ExchangeView[]))]
[JsonSerializable(typeof(MessageView[]))]
[JsonSerializable(typeof(ControlError))]
internal sealed partial class ControlJson : JsonSerializerContext;
