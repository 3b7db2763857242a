using FlowGpt.ApiFrontend.Docs;
using FlowGpt.ApiFrontend.Health;
using FlowGpt.ApiFrontend.Telemetry;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace FlowGpt.ApiFrontend;

/// <summary>What every process of the product answers to those who run it, whether or not the API is in it: health and metrics.</summary>
public static class OperationsExtensions
{
    /// <summary>
    /// Registers the services. The host may add an <see cref="IReadinessSource"/> of its own, and take <see cref="HostReadiness"/> to drain.
    /// </summary>
    public static IServiceCollection AddOperations(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<FrontendOptions>().BindConfiguration(FrontendOptions.Section);
        services.TryAddSingleton(TimeProvider.System);
        services.AddRouting();
        services.AddFrontendTelemetry();
        services.AddSingleton<HealthEndpoints>();
        services.AddSingleton<HostReadiness>();
        services.AddSingleton<IReadinessSource>(static provider => provider.GetRequiredService<HostReadiness>());
        return services;
    }

    /// <summary>Adds <c>/health/live</c>, <c>/health/ready</c> and <c>/metrics</c>.</summary>
    public static void MapOperations(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var health = routes.ServiceProvider.GetRequiredService<HealthEndpoints>();
        routes.MapGet("/health/live", HealthEndpoints.LiveAsync).Describe(HealthDocs.Live);
        routes.MapGet("/health/ready", health.ReadyAsync).Describe(HealthDocs.Ready);
        routes
            .MapPrometheusScrapingEndpoint("/metrics")
            .WithMetadata(new HttpMethodMetadata([HttpMethods.Get]))
            .Describe(HealthDocs.Metrics);
    }
}
