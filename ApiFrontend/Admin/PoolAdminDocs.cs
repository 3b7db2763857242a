using FlowGpt.Admin.Contracts.Accounts;
using FlowGpt.Admin.Contracts.Pools;
using FlowGpt.ApiFrontend.Docs;

namespace FlowGpt.ApiFrontend.Admin;

/// <summary>Describes the routes about pools.</summary>
internal static class PoolAdminDocs
{
    public static RouteDoc List { get; } =
        RouteDoc
            .ForOperators("listPools", "List the pools")
            .Answers<PoolList>(200, "Pools that models are paid from, and pools that have accounts.");

    public static RouteDoc Get { get; } =
        RouteDoc
            .ForOperators("getPool", "Show a pool's accounts, limits and queue")
            .Path("pool", "The pool's name.")
            .Answers<Pool>(200, "The pool as it stands.")
            .Fails(404, "No such pool.");

    public static RouteDoc Decisions { get; } =
        RouteDoc
            .ForOperators("listPoolDecisions", "Show why accounts were chosen")
            .Path("pool", "The pool's name.")
            .Query("limit", """{"type":"integer","minimum":1,"maximum":200,"default":50}""")
            .Answers<DecisionList>(200, "The latest decisions, newest first.")
            .Fails(400, "The limit is out of range.")
            .Fails(404, "No such pool.");

    public static RouteDoc Reset { get; } =
        RouteDoc
            .ForOperators(
                "resetAccount",
                "Bring an account back",
                "Ends a cool-down, or takes back an account whose token was refused. Repeating it does no harm."
            )
            .Path("pool", "The pool's name.")
            .Path("name", "The account's name.")
            .Answers<AccountReset>(200, "The account may serve again.")
            .Fails(404, "No such pool or account.");
}
