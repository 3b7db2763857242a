using FlowGpt.Admin.Contracts.Keys;
using FlowGpt.Admin.Contracts.Members;
using FlowGpt.Admin.Contracts.Usage;
using FlowGpt.ApiFrontend.Docs;

namespace FlowGpt.ApiFrontend.Admin.Members;

/// <summary>Describes the routes about the person who asks.</summary>
internal static class MemberDocs
{
    public static RouteDoc Terms { get; } =
        RouteDoc.ForOperators("getMyTerms", "Show what keys of one's own may have").Answers<MemberTerms>(200, "The operator's limits.");

    public static RouteDoc List { get; } =
        RouteDoc
            .ForOperators("listMyKeys", "List one's own client keys", "Oldest first; revoked ones too.")
            .Answers<KeyList>(200, "The keys.");

    public static RouteDoc Create { get; } =
        RouteDoc
            .ForOperators("createMyKey", "Make a client key of one's own", "The answer holds the key itself in `key`, this once.")
            .Body("KeySettings")
            .Answers<Key>(201, "The key.")
            .Fails(400, "A field is wrong or not allowed; `param` names it.")
            .Fails(409, "There are as many keys as the person may have.");

    public static RouteDoc Revoke { get; } =
        RouteDoc
            .ForOperators("revokeMyKey", "Revoke a client key of one's own")
            .Path("id", "The key's public id.", """{"type":"string","pattern":"^[0-9a-f]{16}$"}""")
            .Answers<Key>(200, "The key, revoked.")
            .Fails(404, "The person has no such key.");

    public static RouteDoc Usage { get; } =
        RouteDoc
            .ForOperators(
                "listMyUsage",
                "Show the usage of one's own client keys",
                "The parameters of `GET /admin/usage`, without accounts."
            )
            .Query("start_time", """{"type":"string"}""", "Inclusive: Unix seconds, or a date and time.")
            .Query("end_time", """{"type":"string"}""", "Exclusive.")
            .Query("bucket_width", """{"type":"string","enum":["1h","1d","total"],"default":"1d"}""")
            .Query("group_by", """{"type":"array","items":{"type":"string","enum":["model","api_key_id"]}}""")
            .Answers<UsageReport>(200, "The buckets, oldest first.")
            .Fails(400, "A parameter is wrong; `param` names it.");
}
