using System.Collections.Immutable;

namespace FlowGpt.Grains.Interfaces.Usage;

/// <summary>What a day's roll-up answers.</summary>
/// <param name="Rows">By hour, client key, model and account, in ordinal order; groups without usage have none.</param>
/// <param name="LedgersUnheard">
/// Ledgers that may hold more than the roll-up knows, because they could not be reached since a crash. 0 in ordinary times.
/// </param>
[GenerateSerializer, Immutable, Alias("flowgpt.UsageDayAnswer")]
public sealed record UsageDayAnswer([property: Id(0)] ImmutableArray<UsageRow> Rows, [property: Id(1)] int LedgersUnheard);
