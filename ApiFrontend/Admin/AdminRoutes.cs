using FlowGpt.ApiFrontend.Admin.Audit;
using FlowGpt.ApiFrontend.Admin.Conversations;
using FlowGpt.ApiFrontend.Admin.Dashboard;
using FlowGpt.ApiFrontend.Admin.Live;
using FlowGpt.ApiFrontend.Admin.Members;
using FlowGpt.ApiFrontend.Admin.Sessions;
using FlowGpt.ApiFrontend.Admin.Settings;
using FlowGpt.ApiFrontend.Docs;
using FlowGpt.Grains.Interfaces.Accounts;
using Microsoft.Extensions.Options;
using Orleans.Dashboard;

namespace FlowGpt.ApiFrontend.Admin;

/// <summary>The routes below <c>/admin</c>.</summary>
internal static class AdminRoutes
{
    /// <summary>Registers their handlers.</summary>
    public static void AddAdmin(this IServiceCollection services)
    {
        services.AddSingleton<AdminGate>();
        services.AddSingleton<AdminPools>();
        services.AddSingleton<PoolAdminEndpoints>();
        services.AddSingleton<AccountAdminEndpoints>();
        services.AddSingleton<ModelAdminEndpoints>();
        services.AddSingleton<ClusterAdminEndpoints>();
        services.AddSingleton<DashboardGate>();
        services.AddSessions();
        services.AddMembers();
        services.AddLive();
        services.AddSettings();
        services.AddSingleton<AuditTrail>();
        services.AddSingleton<AuditLog>();
        services.AddSingleton<AuditEndpoint>();
        services.AddSingleton<ConversationEndpoint>();
        services.AddSingleton<ConversationTextEndpoint>();
    }

    /// <summary>Puts the key and the audit log before every route below <c>/admin</c>, also those that others map. Call it after routing.</summary>
    public static void UseAdmin(this IApplicationBuilder app) =>
        app.UseWhen(
            static context => context.Request.Path.StartsWithSegments("/admin", StringComparison.OrdinalIgnoreCase),
            static admin => admin.UseMiddleware<AdminPipeline>()
        );

    public static void MapAdmin(this IEndpointRouteBuilder routes)
    {
        MapPools(routes, routes.ServiceProvider.GetRequiredService<PoolAdminEndpoints>());
        MapModels(routes, routes.ServiceProvider.GetRequiredService<ModelAdminEndpoints>());
        MapCluster(routes, routes.ServiceProvider.GetRequiredService<ClusterAdminEndpoints>());
        MapDashboard(routes);
        routes.MapSessions();
        routes.MapMembers();
        routes.MapLive();
        routes.MapSettings();
        routes.MapGet("/admin/audit", routes.ServiceProvider.GetRequiredService<AuditEndpoint>().ListAsync).Describe(AuditDocs.List);
        routes
            .MapGet("/admin/conversations", routes.ServiceProvider.GetRequiredService<ConversationEndpoint>().ListAsync)
            .Describe(ConversationEndpoint.Doc);
        routes
            .MapGet("/admin/conversations/{id}", routes.ServiceProvider.GetRequiredService<ConversationTextEndpoint>().GetAsync)
            .WithMetadata(AdminAccess.Operators)
            .Describe(ConversationTextEndpoint.Doc);
        MapAccounts(routes, routes.ServiceProvider.GetRequiredService<AccountAdminEndpoints>());
    }

    private static void MapPools(IEndpointRouteBuilder routes, PoolAdminEndpoints pools)
    {
        routes.MapGet("/admin/pools", pools.ListAsync).Describe(PoolAdminDocs.List);
        routes.MapGet("/admin/pools/{pool}", pools.SnapshotAsync).Describe(PoolAdminDocs.Get);
        routes.MapGet("/admin/pools/{pool}/decisions", pools.DecisionsAsync).Describe(PoolAdminDocs.Decisions);
        routes.MapPost("/admin/pools/{pool}/accounts/{name}/reset", pools.ResetAsync).Describe(PoolAdminDocs.Reset);
    }

    private static void MapAccounts(IEndpointRouteBuilder routes, AccountAdminEndpoints accounts)
    {
        const string All = "/admin/pools/{pool}/accounts";
        const string One = All + "/{name}";
        routes.MapGet(All, accounts.ListAsync).Describe(AccountAdminDocs.List);
        routes.MapPost(All, accounts.AddAsync).Describe(AccountAdminDocs.Add);
        routes.MapGet(One, accounts.GetAsync).Describe(AccountAdminDocs.Get);
        routes.MapPatch(One, accounts.ChangeAsync).Describe(AccountAdminDocs.Change);
        routes.MapDelete(One, accounts.RemoveAsync).Describe(AccountAdminDocs.Remove);
        routes.MapPost(One + "/enable", context => accounts.SetModeAsync(context, AccountMode.Enabled)).Describe(AccountAdminDocs.Enable);
        routes
            .MapPost(One + "/disable", context => accounts.SetModeAsync(context, AccountMode.Disabled))
            .WithMetadata(TakesAway.Only)
            .Describe(AccountAdminDocs.Disable);
        routes
            .MapPost(One + "/drain", context => accounts.SetModeAsync(context, AccountMode.Draining))
            .WithMetadata(TakesAway.Only)
            .Describe(AccountAdminDocs.Drain);
    }

    private static void MapModels(IEndpointRouteBuilder routes, ModelAdminEndpoints models)
    {
        routes.MapGet("/admin/models", models.ListAsync).Describe(ModelAdminDocs.List);
        routes.MapPost("/admin/models/refresh", models.RefreshAsync).Describe(ModelAdminDocs.Refresh);
        routes.MapPut("/admin/models/{id}", models.PutAsync).Describe(ModelAdminDocs.Put);
        routes.MapDelete("/admin/models/{id}", models.RemoveAsync).Describe(ModelAdminDocs.Remove);
    }

    private static void MapCluster(IEndpointRouteBuilder routes, ClusterAdminEndpoints cluster)
    {
        routes.MapGet("/admin/cluster", cluster.GetAsync).Describe(ClusterAdminDocs.Get);
        routes.MapPost("/admin/cluster/silos/{id}/drain", cluster.DrainAsync).Describe(ClusterAdminDocs.Drain);
        routes.MapPost("/admin/cluster/silos/{id}/resume", cluster.ResumeAsync).Describe(ClusterAdminDocs.Resume);
        routes
            .MapPost("/admin/cluster/response-keys/rotate", cluster.RotateResponseKeysAsync)
            .Describe(ClusterAdminDocs.RotateResponseKeys);
    }

    private static void MapDashboard(IEndpointRouteBuilder routes)
    {
        if (routes.ServiceProvider.GetRequiredService<IOptions<FrontendOptions>>().Value.OrleansDashboard)
        {
            routes.MapOrleansDashboard(DashboardGate.Root);
            routes.MapPost(DashboardGate.SignInPath, routes.ServiceProvider.GetRequiredService<DashboardGate>().SignInAsync);
        }
    }
}
