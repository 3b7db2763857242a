using FlowGpt.Admin.Contracts.Audit;
using FlowGpt.Grains.Interfaces.Audit;

namespace FlowGpt.ApiFrontend.Admin.Audit;

/// <summary>Entries of the audit log as the admin contract has them.</summary>
internal static class AuditAnswers
{
    public static AuditRecord Of(AuditEntry entry) =>
        new(
            entry.Id,
            entry.At,
            entry.Who,
            entry.Method,
            entry.Route,
            entry.Target,
            entry.Address,
            entry.ForwardedFor,
            entry.RequestId,
            entry.Status
        );
}
