using System.Globalization;
using FlowGpt.Admin.Contracts;
using FlowGpt.ApiFrontend.Errors;

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
                var (before, limit) = (context.Request.Query["before"].ToString(), context.Request.Query["limit"].ToString());
                var size = UsualPage;
                if (
                    limit.Length > 0
                    && !(int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out size) && size is > 0 and <= LongestPage)
                )
                {
                    await request.RefuseAsync(RequestErrors.Invalid("limit", $"use a whole number from 1 to {LongestPage}."));
                    return;
                }

                var position = before.Length > 0 ? AuditPosition.Parse(before) : null;
                if (before.Length > 0 && position is null)
                {
                    await request.RefuseAsync(RequestErrors.Invalid("before", "use the `next` of an earlier page, or the id of an entry."));
                    return;
                }

                var page = await log.ReadAsync(position, size, context.RequestAborted);
                await AdminAnswer.WriteAsync(request, page, AdminJson.Default.AuditPage);
            }
        );
}
