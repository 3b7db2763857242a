namespace FlowGpt.ApiFrontend.Telemetry;

/// <summary>Where a signal is pushed, and the setting that says so.</summary>
internal sealed record OtlpAddress(string Setting, Uri Uri);
