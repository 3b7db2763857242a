using FlowGpt.Admin.Contracts.Cluster;
using FlowGpt.ApiFrontend.Docs;

namespace FlowGpt.ApiFrontend.Admin;

/// <summary>Describes the routes about silos.</summary>
internal static class ClusterAdminDocs
{
    public static RouteDoc Get { get; } =
        RouteDoc
            .ForOperators("getCluster", "Show the silos")
            .Answers<ClusterState>(200, "The silos as membership and they themselves tell.")
            .Fails(503, "The cluster cannot be reached now.");

    public static RouteDoc Drain { get; } =
        RouteDoc
            .ForOperators(
                "drainSilo",
                "Empty a silo",
                "Its `/health/ready` answers 503 from now on. It lasts until `resume`, or until the process ends."
            )
            .Path("id", "The silo's id or name.")
            .Answers<SiloDrained>(200, "It takes no new requests; those in flight finish.")
            .Fails(404, "No such silo is active.")
            .Fails(409, "It is the only silo that takes requests.")
            .Fails(503, "The change could not be stored, or not be put into the audit log. Read, then send it again.");

    public static RouteDoc Resume { get; } =
        RouteDoc
            .ForOperators("resumeSilo", "End the emptying of a silo")
            .Path("id", "The silo's id or name.")
            .Answers<SiloDrained>(200, "It takes requests again.")
            .Fails(404, "No such silo is active.")
            .Fails(503, "The change could not be stored, or not be put into the audit log. Read, then send it again.");

    public static RouteDoc RotateResponseKeys { get; } =
        RouteDoc
            .ForOperators(
                "rotateResponseKeys",
                "Make a new key for the ids of responses",
                "New ids are authenticated with the new key within a minute. Ids made with the seven keys before remain good."
            )
            .Answers<ResponseKeysRotated>(200, "The new key is in force.")
            .Fails(503, "The change could not be stored, or not be put into the audit log. Read, then send it again.");
}
