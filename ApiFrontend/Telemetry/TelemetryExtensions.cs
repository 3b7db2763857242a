using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace FlowGpt.ApiFrontend.Telemetry;

/// <summary>Metrics for Prometheus to fetch, and pushing of metrics and traces by OTLP where an address is configured.</summary>
internal static class TelemetryExtensions
{
    private const string ServiceName = "flowgpt-gateway";

    /// <summary>Adds what <c>/metrics</c> shows: every meter of the product, Orleans and the runtime.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="otlpEndpoint">Where to push; null or no address pushes nothing, and the options' validator names the problem.</param>
    public static void AddFrontendTelemetry(this IServiceCollection services, string? otlpEndpoint)
    {
        var telemetry = services
            .AddOpenTelemetry()
            .ConfigureResource(static resource => resource.AddService(ServiceName))
            .WithMetrics(static metrics =>
                metrics.AddMeter("FlowGpt.*", "Microsoft.Orleans").AddRuntimeInstrumentation().AddPrometheusExporter()
            );
        if (Uri.TryCreate(otlpEndpoint, UriKind.Absolute, out var endpoint))
        {
            telemetry.WithPushTo(endpoint);
        }
    }

    private static void WithPushTo(this OpenTelemetryBuilder telemetry, Uri endpoint)
    {
        void Configure(OtlpExporterOptions options) => options.Endpoint = endpoint;

        telemetry.WithMetrics(metrics => metrics.AddOtlpExporter(Configure));
        telemetry.WithTracing(traces =>
            traces
                .AddSource("FlowGpt.*", "Microsoft.Orleans.*")
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddOtlpExporter(Configure)
        );
    }
}
