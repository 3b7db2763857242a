namespace FlowGpt.Grains.Usage.RollUps;

/// <summary>The last report of a ledger.</summary>
/// <param name="Version">The ledger's version.</param>
/// <param name="Table">Its sums, as <see cref="UsageTableFormat"/> writes them.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.RolledLedger")]
internal sealed record RolledLedger([property: Id(0)] long Version, [property: Id(1)] byte[] Table);
