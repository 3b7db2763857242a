using System.Globalization;

namespace FlowGpt.ApiFrontend.Telemetry;

/// <summary>OpenTelemetry's standard variables, as far as they decide what is pushed; the exporter and the sampler read the rest themselves.</summary>
internal sealed class OtlpSettings
{
    private const string AnyEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private static readonly string[] Samplers =
    [
        "always_on",
        "always_off",
        "traceidratio",
        "parentbased_always_on",
        "parentbased_always_off",
        "parentbased_traceidratio",
    ];

    private readonly IConfiguration _configuration;
    private readonly ICollection<string> _problems;

    /// <summary>Reads the settings; adds what is wrong with them to <paramref name="problems"/>.</summary>
    public OtlpSettings(IConfiguration configuration, ICollection<string> problems)
    {
        _configuration = configuration;
        _problems = problems;
        var any = ReadAddress(AnyEndpoint);
        if (string.Equals(Read("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        TracesAddress = IsOff("OTEL_TRACES_EXPORTER") ? null : ReadAddress("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") ?? any;
        MetricsAddress = IsOff("OTEL_METRICS_EXPORTER") ? null : ReadAddress("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT") ?? any;
        if (PushesAnything)
        {
            CheckOneOf("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "http/protobuf");
            CheckOneOf("OTEL_TRACES_SAMPLER", Samplers);
            CheckRatio();
        }
    }

    /// <summary>Where traces go; null for nowhere.</summary>
    public OtlpAddress? TracesAddress { get; }

    /// <summary>Where metrics go, besides being there for Prometheus to fetch; null for nowhere.</summary>
    public OtlpAddress? MetricsAddress { get; }

    public bool PushesAnything => TracesAddress is not null || MetricsAddress is not null;

    private bool IsOff(string setting) => string.Equals(Read(setting), "none", StringComparison.OrdinalIgnoreCase);

    private OtlpAddress? ReadAddress(string setting)
    {
        if (Read(setting) is not { } text)
        {
            return null;
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
        {
            return new OtlpAddress(setting, uri);
        }

        _problems.Add($"{setting} = \"{text}\": is not an http or https address. Give for example http://collector:4317.");
        return null;
    }

    private void CheckOneOf(string setting, params string[] names)
    {
        if (Read(setting) is { } text && !names.Contains(text, StringComparer.OrdinalIgnoreCase))
        {
            _problems.Add($"{setting} = \"{text}\": is not known. Give one of {string.Join(", ", names)}.");
        }
    }

    private void CheckRatio()
    {
        const string Setting = "OTEL_TRACES_SAMPLER_ARG";
        if (
            Read(Setting) is { } text
            && !(double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var share) && share is >= 0 and <= 1)
        )
        {
            _problems.Add($"{Setting} = \"{text}\": is not a share from 0 to 1. Give for example 0.1 for one trace in ten.");
        }
    }

    private string? Read(string setting) => string.IsNullOrWhiteSpace(_configuration[setting]) ? null : _configuration[setting]!.Trim();
}
