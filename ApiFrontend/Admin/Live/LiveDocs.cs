using FlowGpt.Admin.Contracts.Live;
using FlowGpt.ApiFrontend.Docs;

namespace FlowGpt.ApiFrontend.Admin.Live;

/// <summary>Describes the routes about what happens now.</summary>
internal static class LiveDocs
{
    public static RouteDoc Listen { get; } =
        RouteDoc
            .ForOperators(
                "listenToEvents",
                "Watch what happens",
                "Server-sent events: `sample` once a second (a `LiveSample`), `account` when an account's state has changed (an `AccountChanged`)."
            )
            .Answers(200, "Events without end.", [("text/event-stream", null)])
            .Fails(429, "200 listen to this process already.");

    public static RouteDoc List { get; } =
        RouteDoc
            .ForOperators(
                "listRequests",
                "List the latest requests of clients",
                "The latest 2,000 of the cluster, in memory; never their text. Newest first."
            )
            .Query("limit", """{"type":"integer","minimum":1,"maximum":200,"default":50}""")
            .Query("before", """{"type":"string"}""", "`next` of the page before.")
            .Query("key_id", """{"type":"string"}""")
            .Query("model", """{"type":"string"}""")
            .Query("account", """{"type":"string"}""", "Served the request or was tried.")
            .Query("outcome", """{"type":"string","enum":["completed","refused","failed","disconnected"]}""")
            .Query("error", """{"type":"string"}""", "The error's code.")
            .Answers<RequestList>(200, "A page.")
            .Fails(400, "A parameter is wrong.");

    public static RouteDoc Get { get; } =
        RouteDoc
            .ForOperators("getRequest", "Show a request and why accounts were chosen for it")
            .Path("id", "The `x-request-id`, or the response's id.")
            .Answers<RequestDetails>(200, "The request.")
            .Fails(404, "It is not among the latest requests.");

    public static RouteDoc Attention { get; } =
        RouteDoc
            .ForOperators(
                "listAttention",
                "List what needs attention",
                "Accounts that are out, expire or are blamed, open breakers, budgets near their end, silos that drain or are silent."
            )
            .Answers<AttentionList>(200, "Problems first.")
            .Fails(503, "The cluster cannot be reached now.");
}
