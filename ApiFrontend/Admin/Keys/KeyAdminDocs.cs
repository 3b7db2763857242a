using FlowGpt.Admin.Contracts.Keys;
using FlowGpt.ApiFrontend.Docs;

namespace FlowGpt.ApiFrontend.Admin.Keys;

/// <summary>Describes the routes about client keys.</summary>
internal static class KeyAdminDocs
{
    public static RouteDoc Create { get; } =
        RouteDoc
            .ForOperators(
                "createKey",
                "Create a client key",
                "The answer holds the key itself in `key`, this once; only a hash of it is kept."
            )
            .Body("KeySettings")
            .Answers<Key>(201, "The key.")
            .Fails(400, "A field is wrong; `param` names it.")
            .Fails(409, "There are too many keys.")
            .Fails(503, "The cluster did not answer; nothing or all of it was done. Send it again.");

    public static RouteDoc List { get; } =
        RouteDoc
            .ForOperators(
                "listKeys",
                "List the client keys",
                "Revoked ones too. With a filter, a page may have few keys, or none, and `next` goes on."
            )
            .Query("limit", """{"type":"integer","minimum":1,"maximum":1000,"default":100}""")
            .Query("after", """{"type":"string"}""", "`next` of the page before.")
            .Query("order", """{"type":"string","enum":["asc","desc"],"default":"asc"}""", "Oldest or newest first.")
            .Query("search", """{"type":"string"}""", "A part of the id, the name or the owner.")
            .Query("owner", """{"type":"string"}""", "The whole owner.")
            .Query("status", """{"type":"string","enum":["active","disabled","expired","revoked"]}""")
            .Answers<KeyList>(200, "A page of keys.")
            .Fails(400, "The limit is out of range.")
            .Fails(503, "The cluster did not answer; nothing or all of it was done. Send it again.");

    public static RouteDoc Get { get; } =
        RouteDoc
            .ForOperators("getKey", "Show a client key")
            .Path("id", "The key's public id.", """{"type":"string","pattern":"^[0-9a-f]{16}$"}""")
            .Answers<Key>(200, "The key.")
            .Fails(404, "No such key.")
            .Fails(503, "The cluster did not answer; nothing or all of it was done. Send it again.");

    public static RouteDoc Update { get; } =
        RouteDoc
            .ForOperators(
                "updateKey",
                "Change a client key",
                "A field that is not there stays as it is; `null` clears it. Takes effect on every frontend within a second."
            )
            .Path("id", "The key's public id.", """{"type":"string","pattern":"^[0-9a-f]{16}$"}""")
            .Body("KeySettings")
            .Answers<Key>(200, "The key as it is now.")
            .Fails(400, "A field is wrong; `param` names it.")
            .Fails(404, "No such key.")
            .Fails(409, "The key was revoked, or changed by somebody else at the same time.")
            .Fails(503, "The cluster did not answer; nothing or all of it was done. Send it again.");

    public static RouteDoc Delete { get; } =
        RouteDoc
            .ForOperators("deleteKey", "Revoke a client key", "The same as `POST /admin/keys/{id}/revoke`.")
            .Path("id", "The key's public id.", """{"type":"string","pattern":"^[0-9a-f]{16}$"}""")
            .Answers<Key>(200, "The key, revoked.")
            .Fails(404, "No such key.")
            .Fails(503, "The cluster did not answer; nothing or all of it was done. Send it again.");

    public static RouteDoc Rotate { get; } =
        RouteDoc
            .ForOperators(
                "rotateKey",
                "Replace a client key's secret",
                "The answer holds the new key in `key`, this once. The old one is refused within a second, or after `graceSeconds`."
            )
            .Path("id", "The key's public id.", """{"type":"string","pattern":"^[0-9a-f]{16}$"}""")
            .Body("KeyRotation", isRequired: false)
            .Answers<Key>(200, "The key with its new secret.")
            .Fails(400, "A field is wrong; `param` names it.")
            .Fails(404, "No such key.")
            .Fails(409, "The key was revoked.")
            .Fails(503, "The cluster did not answer; nothing or all of it was done. Send it again.");

    public static RouteDoc Revoke { get; } =
        RouteDoc
            .ForOperators(
                "revokeKey",
                "Revoke a client key",
                "For good; every frontend refuses the key within a second. Responses in flight go on. Repeating it does no harm."
            )
            .Path("id", "The key's public id.", """{"type":"string","pattern":"^[0-9a-f]{16}$"}""")
            .Answers<Key>(200, "The key, revoked.")
            .Fails(404, "No such key.")
            .Fails(503, "The cluster did not answer; nothing or all of it was done. Send it again.");
}
