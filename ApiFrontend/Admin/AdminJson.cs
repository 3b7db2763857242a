using System.Text.Json.Serialization;
using FlowGpt.ApiFrontend.Admin.Audit;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Pools;

namespace FlowGpt.ApiFrontend.Admin;

/// <summary>JSON of the admin routes: camel case, enums by name, durations in seconds.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    Converters = [typeof(SecondsConverter)]
)]
[JsonSerializable(typeof(PoolSnapshot))]
[JsonSerializable(typeof(DecisionList))]
[JsonSerializable(typeof(AccountReset))]
[JsonSerializable(typeof(PoolList))]
[JsonSerializable(typeof(ModelCatalogStatus))]
[JsonSerializable(typeof(ModelStatus))]
[JsonSerializable(typeof(ModelRemoved))]
[JsonSerializable(typeof(ClusterView))]
[JsonSerializable(typeof(SiloDrained))]
[JsonSerializable(typeof(ResponseKeysRotated))]
[JsonSerializable(typeof(AuditPage))]
[JsonSerializable(typeof(AccountList))]
[JsonSerializable(typeof(AccountView))]
[JsonSerializable(typeof(AccountRemoved))]
internal sealed partial class AdminJson : JsonSerializerContext;
