using FlowGpt.ApiFrontend.Admin.Dashboard;
using FlowGpt.ApiFrontend.Admin.Sessions;
using FlowGpt.ApiFrontend.Requests;

namespace FlowGpt.ApiFrontend.Admin.Audit;

/// <summary>
/// Runs before every route below <c>/admin</c>, wherever that is mapped: finds out who asks and whether they may, and has every request that may change
/// something noted in the <see cref="AuditTrail"/>.
/// </summary>
internal sealed class AdminPipeline(RequestDelegate next, AdminAuthorizer authorizer, DashboardGate dashboard, AuditTrail trail)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint() is not RouteEndpoint endpoint)
        {
            await next(context);
            return;
        }

        var request = ApiRequest.Of(context);
        request.Operation = "admin";
        if (DashboardGate.IsFor(context))
        {
            if (await dashboard.AdmitAsync(request))
            {
                await next(context);
            }

            return;
        }

        var access = AdminAccess.Of(endpoint, context.Request.Method);
        if (await authorizer.CheckAsync(context, access) is { } refused)
        {
            await request.RefuseAsync(refused);
            return;
        }

        if (access.Roles.IsEmpty)
        {
            await next(context);
            return;
        }

        request.KeyId = "admin";
        if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
        {
            await next(context);
            return;
        }

        await trail.RunAsync(request, AdminIdentity.Of(context).Who, () => next(context));
    }
}
