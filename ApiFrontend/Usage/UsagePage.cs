namespace FlowGpt.ApiFrontend.Usage;

/// <summary>Some buckets in a row.</summary>
/// <param name="Buckets">Oldest first, without gaps.</param>
/// <param name="Next">Where the next page begins; null when this is the last.</param>
/// <param name="LedgersUnheard">Ledgers that may hold more than is shown, because they could not be reached since a crash.</param>
internal sealed record UsagePage(IReadOnlyList<UsageBucket> Buckets, DateTimeOffset? Next, int LedgersUnheard);
