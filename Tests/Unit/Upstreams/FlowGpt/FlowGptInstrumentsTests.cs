using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using FlowGpt.Grains.Upstreams;
using FlowGpt.Grains.Upstreams.FlowGpt;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FlowGpt.Tests.Unit.Upstreams.FlowGpt;

public sealed class FlowGptInstrumentsTests : FlowGptUpstreamTestBase
{
    private readonly ConcurrentDictionary<string, long> _measured = new();

    [Fact]
    public async Task Call_WithSkippedLinesAndFailure_IsCountedByKind()
    {
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        using var listener = Listen(meters);
        using var upstream = new FlowGptUpstream(new OptionsWrapper<FlowGptOptions>(Options), Time, meters: meters);
        Backend.Chat = context =>
            StubBackend.Lines(
                context,
                "junk",
                "junk",
                """{"event":"meta"}""",
                """{"event":"text","data":1}""",
                """{"event":"text","data":"a"}"""
            );
        await using (var reply = await upstream.OpenAsync(Call(), Deadline))
        {
            Assert.Equal("a", await ReadAllAsync(reply));
        }

        Backend.Create = context =>
        {
            context.Response.StatusCode = 429;
            return Task.CompletedTask;
        };
        await Assert.ThrowsAsync<UpstreamException>(() => upstream.OpenAsync(Call(), Deadline));

        Assert.Equal(
            new Dictionary<string, long>
            {
                ["requests endpoint=create"] = 2,
                ["requests endpoint=chat"] = 1,
                ["skipped_lines kind=not_json"] = 2,
                ["skipped_lines kind=not_text"] = 1,
                ["skipped_lines kind=not_string"] = 1,
                ["failures reason=RateLimited class=Credential"] = 1,
            },
            _measured
        );
    }

    private MeterListener Listen(IMeterFactory meters)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == FlowGptInstruments.MeterName && instrument.Meter.Scope == meters)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>(
            (instrument, value, tags, _) =>
            {
                var labels = string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));
                _measured.AddOrUpdate($"{instrument.Name["flowgpt.upstream.".Length..]} {labels}", value, (_, sum) => sum + value);
            }
        );
        listener.Start();
        return listener;
    }
}
