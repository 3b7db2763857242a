namespace FlowGpt.Benchmarks.Load;

/// <summary>What one request came to.</summary>
/// <param name="FirstText">Timestamp ticks from its start to its first byte of text.</param>
/// <param name="Total">Timestamp ticks from its start to its end.</param>
/// <param name="Pieces">In how many pieces the text came.</param>
/// <param name="Problem">Why the reply is not the right one, or null.</param>
internal readonly record struct Sample(long FirstText, long Total, int Pieces, string? Problem);
