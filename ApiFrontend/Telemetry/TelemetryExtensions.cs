using Microsoft.Extensions.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace FlowGpt.ApiFrontend.Telemetry;

/// <summary>Metrics for Prometheus to fetch.</summary>
internal static class TelemetryExtensions
{
    /// <summary>
    /// Adds what <c>/metrics</c> shows: every meter that this host made for the product and for Orleans, and the runtime's. Meters of other hosts
    /// in the same process are left out: their values are not this host's, and their streams count towards OpenTelemetry's limit of 1,000.
    /// </summary>
    public static void AddFrontendTelemetry(this IServiceCollection services)
    {
        services.AddMetrics(static metrics =>
            metrics
                .EnableMetrics("FlowGpt.*", instrumentName: null, listenerName: null, MeterScope.Local)
                .EnableMetrics("Microsoft.Orleans", instrumentName: null, listenerName: null, MeterScope.Local)
        );
        services.AddOpenTelemetry().WithMetrics(static metrics => metrics.AddRuntimeInstrumentation().AddPrometheusExporter());
    }
}
