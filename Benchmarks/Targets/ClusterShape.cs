namespace FlowGpt.Benchmarks.Targets;

/// <summary>How many processes of a cluster there are.</summary>
/// <param name="Silos">Silos.</param>
/// <param name="Frontends">APIs that are separate processes; with none, each silo has the API.</param>
internal sealed record ClusterShape(int Silos, int Frontends)
{
    public override string ToString() =>
        Frontends == 0 ? $"{Count(Silos, "silo")} with the API" : $"{Count(Silos, "silo")}, {Count(Frontends, "frontend")}";

    private static string Count(int number, string noun) => $"{number} {noun}{(number == 1 ? "" : "s")}";
}
