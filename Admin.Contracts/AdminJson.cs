using System.Text.Json.Serialization;
using FlowGpt.Admin.Contracts.Accounts;
using FlowGpt.Admin.Contracts.Audit;
using FlowGpt.Admin.Contracts.Cluster;
using FlowGpt.Admin.Contracts.Conversations;
using FlowGpt.Admin.Contracts.Keys;
using FlowGpt.Admin.Contracts.Live;
using FlowGpt.Admin.Contracts.Members;
using FlowGpt.Admin.Contracts.Models;
using FlowGpt.Admin.Contracts.Pools;
using FlowGpt.Admin.Contracts.Sessions;
using FlowGpt.Admin.Contracts.Settings;
using FlowGpt.Admin.Contracts.Usage;

namespace FlowGpt.Admin.Contracts;

/// <summary>JSON of the admin routes: camel case, durations in seconds.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(SecondsConverter)])]
[JsonSerializable(typeof(PoolList))]
[JsonSerializable(typeof(Pool))]
[JsonSerializable(typeof(DecisionList))]
[JsonSerializable(typeof(AccountList))]
[JsonSerializable(typeof(AccountAnswer))]
[JsonSerializable(typeof(AccountRemoved))]
[JsonSerializable(typeof(AccountReset))]
[JsonSerializable(typeof(AccountSettings))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(ModelEntry))]
[JsonSerializable(typeof(ModelRemoved))]
[JsonSerializable(typeof(ModelSettings))]
[JsonSerializable(typeof(Key))]
[JsonSerializable(typeof(KeyList))]
[JsonSerializable(typeof(KeySettings))]
[JsonSerializable(typeof(KeyRotation))]
[JsonSerializable(typeof(ClusterState))]
[JsonSerializable(typeof(SiloDrained))]
[JsonSerializable(typeof(ResponseKeysRotated))]
[JsonSerializable(typeof(AuditPage))]
[JsonSerializable(typeof(ConversationList))]
[JsonSerializable(typeof(ConversationText))]
[JsonSerializable(typeof(UsageReport))]
[JsonSerializable(typeof(LiveSample))]
[JsonSerializable(typeof(AccountChanged))]
[JsonSerializable(typeof(RequestList))]
[JsonSerializable(typeof(RequestDetails))]
[JsonSerializable(typeof(AttentionList))]
[JsonSerializable(typeof(MemberTerms))]
[JsonSerializable(typeof(SettingsList))]
[JsonSerializable(typeof(ClusterSettings))]
[JsonSerializable(typeof(Session))]
[JsonSerializable(typeof(KeySignIn))]
public sealed partial class AdminJson : JsonSerializerContext;
