using OpenTelemetry.Metrics;

namespace FlowGpt.ApiFrontend.Telemetry;

/// <summary>Metrics for Prometheus to fetch.</summary>
internal static class TelemetryExtensions
{
    /// <summary>Adds what <c>/metrics</c> shows: every meter of the product, Orleans and the runtime.</summary>
    public static void AddFrontendTelemetry(this IServiceCollection services) =>
        services
            .AddOpenTelemetry()
            .WithMetrics(static metrics =>
                metrics.AddMeter("FlowGpt.*", "Microsoft.Orleans").AddRuntimeInstrumentation().AddPrometheusExporter()
            );
}
