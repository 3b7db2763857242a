using FlowGpt.Grains.Interfaces.Audit;

namespace FlowGpt.ApiFrontend.Admin.Audit;

/// <summary>An entry that waits for its end.</summary>
/// <param name="Part">Where it stands.</param>
/// <param name="Position">Its position there.</param>
internal sealed record AuditTicket(IAuditGrain Part, int Position)
{
    /// <summary>Notes how it ended.</summary>
    public ValueTask EndAsync(int status) => Part.End(Position, status);
}
