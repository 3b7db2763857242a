using System.Collections.Immutable;

namespace FlowGpt.ApiFrontend.Admin.Keys;

/// <summary>A page of keys, oldest first.</summary>
/// <param name="Data">The keys.</param>
/// <param name="HasMore">Whether there are more after the last one.</param>
/// <param name="Next">What to give as <c>after</c> for the next page; null when there is none.</param>
internal sealed record KeyList(ImmutableArray<KeyAnswer> Data, bool HasMore, string? Next);
