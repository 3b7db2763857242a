namespace FlowGpt.Benchmarks.Targets;

/// <summary>How many processes of a cluster there are.</summary>
/// <param name="Silos">Silos.</param>
/// <param name="Frontends">APIs that are processes of their own; with none, each silo has the API.</param>
internal sealed record ClusterShape(int Silos, int Frontends)
{
    public override string ToString() =>
        Frontends == 0
            ? $"{Silos} silo{(Silos == 1 ? "" : "s")} with the API"
            : $"{Silos} silo{(Silos == 1 ? "" : "s")}, {Frontends} frontends";
}
