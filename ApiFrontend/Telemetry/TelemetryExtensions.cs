using Microsoft.Extensions.Options;
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

    /// <summary>Adds what <c>/metrics</c> shows (every meter of the product, Orleans and the runtime), and pushing if the options say so.</summary>
    public static void AddFrontendTelemetry(this IServiceCollection services)
    {
        services
            .AddOpenTelemetry()
            .ConfigureResource(static resource => resource.AddService(ServiceName))
            .WithMetrics(static metrics =>
                metrics.AddMeter("FlowGpt.*", "Microsoft.Orleans").AddRuntimeInstrumentation().AddPrometheusExporter()
            )
            .WithTracing();
        services.ConfigureOpenTelemetryMeterProvider(
            static (provider, metrics) =>
            {
                if (Push(provider) is { } push)
                {
                    metrics.AddReader(new PeriodicExportingMetricReader(new OtlpMetricExporter(push)));
                }
            }
        );
        services.ConfigureOpenTelemetryTracerProvider(
            static (provider, traces) =>
            {
                // Without an address there are no sources either, so that nobody pays for spans that nobody sees.
                if (Push(provider) is { } push)
                {
                    traces
                        .AddSource("FlowGpt.*", "Microsoft.AspNetCore", "System.Net.Http", "Microsoft.Orleans.*")
                        .AddProcessor(new BatchActivityExportProcessor(new OtlpTraceExporter(push)));
                }
            }
        );
    }

    private static OtlpExporterOptions? Push(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<FrontendOptions>>().Value.OtlpEndpoint is { Length: > 0 } address
            ? new OtlpExporterOptions { Endpoint = new Uri(address) }
            : null;
}
