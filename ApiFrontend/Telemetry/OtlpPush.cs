using System.Reflection;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace FlowGpt.ApiFrontend.Telemetry;

/// <summary>
/// Pushing of traces and metrics by OTLP, set up by OpenTelemetry's own variables, in the environment or in <c>.env</c>. Without an address
/// nothing listens to spans, so that spans cost nothing where they are not exported.
/// </summary>
public static class OtlpPush
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>The sources of a request's spans. Orleans' own spans are left out: there is one for each poll of a stream.</summary>
    private static readonly string[] Sources = ["FlowGpt.*", "Microsoft.AspNetCore", "System.Net.Http"];

    /// <summary>Adds pushing if an address is configured, and every problem of its settings to <paramref name="problems"/>.</summary>
    public static void AddOtlpPush(this IHostApplicationBuilder builder, ICollection<string> problems)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(problems);
        var settings = new OtlpSettings(builder.Configuration, problems);
        if (!settings.PushesAnything)
        {
            return;
        }

        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(AddService);
        if (settings.TracesAddress is { } traces)
        {
            telemetry.WithTracing(tracing =>
                tracing.AddSource(Sources).AddProcessor(new ServerSpanFilter()).AddOtlpExporter(options => Direct(options, traces))
            );
        }

        if (settings.MetricsAddress is { } metrics)
        {
            telemetry.WithMetrics(metering => metering.AddOtlpExporter(options => Direct(options, metrics)));
        }
    }

    // To the address for both signals the exporter adds the signal's path; an address for a single signal is used as it is.
    private static void Direct(OtlpExporterOptions options, OtlpAddress address)
    {
        if (address.Setting != Endpoint)
        {
            options.Endpoint = address.Uri;
        }
    }

    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES come last, so that they win.
    private static void AddService(ResourceBuilder resource) =>
        resource
            .AddService(
                Assembly.GetEntryAssembly()?.GetName().Name switch
                {
                    "FlowGpt.Silo" => "flowgpt-silo",
                    "FlowGpt.ApiFrontend" => "flowgpt-api",
                    _ => "flowgpt",
                }
            )
            .AddEnvironmentVariableDetector();
}
