using System.Diagnostics;
using OpenTelemetry;

namespace FlowGpt.ApiFrontend.Telemetry;

/// <summary>
/// Keeps spans of requests that are no client's work from being exported: probes, scrapes, and what a built-in stand-in for the upstream
/// serves in this process. Added before the exporter.
/// </summary>
internal sealed class ServerSpanFilter : BaseProcessor<Activity>
{
    private const string ServerSpan = "Microsoft.AspNetCore.Hosting.HttpRequestIn";

    /// <inheritdoc/>
    public override void OnEnd(Activity data)
    {
        if (data.OperationName == ServerSpan && !RequestSpan.IsDescribed(data))
        {
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }
}
