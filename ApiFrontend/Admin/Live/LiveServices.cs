using FlowGpt.ApiFrontend.Docs;

namespace FlowGpt.ApiFrontend.Admin.Live;

/// <summary>Registers and maps the routes for the present state.</summary>
internal static class LiveServices
{
    /// <summary>Registers the handlers.</summary>
    public static void AddLive(this IServiceCollection services)
    {
        services.AddSingleton<PoolWatch>();
        services.AddSingleton<LiveSampler>();
        services.AddSingleton<LiveEndpoints>();
        services.AddSingleton<AttentionEndpoint>();
    }

    /// <summary>Maps the routes.</summary>
    public static void MapLive(this IEndpointRouteBuilder routes)
    {
        var live = routes.ServiceProvider.GetRequiredService<LiveEndpoints>();
        routes.MapGet("/admin/events", live.ListenAsync).Describe(LiveDocs.Listen);
        routes.MapGet("/admin/requests", live.ListAsync).Describe(LiveDocs.List);
        routes.MapGet("/admin/requests/{id}", live.GetAsync).Describe(LiveDocs.Get);
        routes
            .MapGet("/admin/attention", routes.ServiceProvider.GetRequiredService<AttentionEndpoint>().GetAsync)
            .Describe(LiveDocs.Attention);
    }
}
