namespace FlowGpt.Grains.Usage.RollUps;

/// <summary>What a ledger holds, in full: telling it again, or late, does no harm.</summary>
/// <param name="Ledger">Its key.</param>
/// <param name="Version">Grows with every change that was made durable.</param>
/// <param name="Table">The sums as <see cref="UsageTableFormat"/> writes them; null when the asker has them already.</param>
/// <param name="Closed">Whether the ledger has taken leave: it opens again before it next writes.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.LedgerReport")]
internal sealed record LedgerReport(
    [property: Id(0)] string Ledger,
    [property: Id(1)] long Version,
    [property: Id(2)] byte[]? Table,
    [property: Id(3)] bool Closed
);
