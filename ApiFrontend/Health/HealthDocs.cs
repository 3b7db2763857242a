using FlowGpt.ApiFrontend.Docs;

namespace FlowGpt.ApiFrontend.Health;

/// <summary>Describes the routes for those who run the process.</summary>
internal static class HealthDocs
{
    public static RouteDoc Live { get; } = RouteDoc.Open("live", "Health", "Does the process answer?").Answers(200, "Yes.");

    public static RouteDoc Ready { get; } =
        RouteDoc
            .Open("ready", "Health", "Should it get traffic?")
            .Answers(200, "Yes.")
            .Answers(503, "No: starting, draining, or not connected; `checks` says which.");

    public static RouteDoc Metrics { get; } =
        RouteDoc
            .Open("metrics", "Health", "Metrics for Prometheus")
            .Answers(200, "Metrics in the Prometheus text format.", [("text/plain", null)]);
}
