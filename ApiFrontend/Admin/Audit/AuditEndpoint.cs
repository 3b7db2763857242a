using FlowGpt.Admin.Contracts;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.Grains.Interfaces.Audit;

namespace FlowGpt.ApiFrontend.Admin.Audit;

/// <summary><c>GET /admin/audit</c>.</summary>
internal sealed class AuditEndpoint(AdminGate gate, AuditLog log)
{
    private const int UsualPage = 50;
    private const int LongestPage = 500;

    public Task ListAsync(HttpContext context) =>
        gate.HandleAsync(
            context,
            async request =>
            {
                var query = new ListParameters(context.Request.Query);
                var size = query.Number("limit", UsualPage, 1, LongestPage);
                if (query.Error is { } error)
                {
                    await request.RefuseAsync(error);
                    return;
                }

                var before = query.Text("before") ?? "";
                var (who, path, requestId) = (query.Text("who"), query.Text("path"), query.Text("request_id"));
                var position = before.Length > 0 ? AuditPosition.Parse(before) : null;
                if (before.Length > 0 && position is null)
                {
                    await request.RefuseAsync(RequestErrors.Invalid("before", "use the `next` of an earlier page, or the id of an entry."));
                    return;
                }

                var page = await log.ReadAsync(position, size, Matches, context.RequestAborted);
                await AdminAnswer.WriteAsync(request, page, AdminJson.Default.AuditPage);

                bool Matches(AuditEntry entry) =>
                    (who is null || entry.Who.Contains(who, StringComparison.OrdinalIgnoreCase))
                    && (path is null || entry.Target.Contains(path, StringComparison.OrdinalIgnoreCase))
                    && (requestId is null || entry.RequestId == requestId);
            }
        );
}
