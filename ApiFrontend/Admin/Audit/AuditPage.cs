using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Audit;

namespace FlowGpt.ApiFrontend.Admin.Audit;

/// <summary>A page of the audit log.</summary>
/// <param name="Entries">Newest first.</param>
/// <param name="Next">What to give as <c>before</c> for the next page; null when there may be no more.</param>
internal sealed record AuditPage(ImmutableArray<AuditEntry> Entries, string? Next);
