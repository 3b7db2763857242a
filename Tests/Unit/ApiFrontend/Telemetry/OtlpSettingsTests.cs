using FlowGpt.ApiFrontend.Telemetry;
using Microsoft.Extensions.Configuration;

namespace FlowGpt.Tests.Unit.ApiFrontend.Telemetry;

public sealed class OtlpSettingsTests
{
    private const string Any = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string Address = "http://collector:4318";

    [Fact]
    public void Settings_WithoutAnAddress_PushNothing() => Assert.False(Read([], ("OTEL_TRACES_SAMPLER", "always_on")).PushesAnything);

    [Theory]
    [InlineData(Any, true, true)]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", true, false)]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", false, true)]
    public void Settings_WithAnAddress_PushItsSignals(string setting, bool traces, bool metrics)
    {
        var settings = Read([], (setting, Address));

        Assert.Equal((traces, metrics), (settings.TracesAddress is not null, settings.MetricsAddress is not null));
    }

    [Theory]
    [InlineData("OTEL_SDK_DISABLED", "true", false, false)]
    [InlineData("OTEL_TRACES_EXPORTER", "none", false, true)]
    [InlineData("OTEL_METRICS_EXPORTER", "none", true, false)]
    public void Settings_OfASignalSwitchedOff_DoNotPushIt(string setting, string value, bool traces, bool metrics)
    {
        var settings = Read([], (Any, Address), (setting, value));

        Assert.Equal((traces, metrics), (settings.TracesAddress is not null, settings.MetricsAddress is not null));
    }

    [Fact]
    public void Settings_WithManyMistakes_ListThemAll()
    {
        var problems = new List<string>();

        Read(
            problems,
            (Any, Address),
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "collector"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "carrier-pigeon"),
            ("OTEL_TRACES_SAMPLER", "sometimes"),
            ("OTEL_TRACES_SAMPLER_ARG", "10%")
        );

        Assert.Equal(4, problems.Count);
        Assert.All(problems, static problem => Assert.Contains("Give ", problem, StringComparison.Ordinal));
    }

    private static OtlpSettings Read(List<string> problems, params (string Name, string? Value)[] settings) =>
        new(
            new ConfigurationBuilder()
                .AddInMemoryCollection(settings.Select(static setting => KeyValuePair.Create(setting.Name, setting.Value)))
                .Build(),
            problems
        );
}
