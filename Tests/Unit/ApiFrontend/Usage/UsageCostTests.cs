using System.Buffers;
using System.Text;
using FlowGpt.ApiFrontend.Models;
using FlowGpt.ApiFrontend.Usage;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Usage;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;

namespace FlowGpt.Tests.Unit.ApiFrontend.Usage;

public sealed class UsageCostTests
{
    private static readonly CachedCatalog Models = new(
        new(
            [
                FakeCatalog.Model("dear", "") with
                {
                    Price = new TokenPrice(3, 15, 0.3m),
                },
                FakeCatalog.Model("plain", "") with
                {
                    Price = new TokenPrice(2, 8),
                },
                FakeCatalog.Model("free", ""),
            ],
            IsDemo: false
        )
    );

    [Theory]
    [InlineData("dear", 1_000_000, 400_000, 100_000, "3.42")]
    [InlineData("plain", 1_000_000, 400_000, 100_000, "2.8")]
    [InlineData("dear", 10, 20, 1, "0.000018")]
    [InlineData("free", 10, 0, 1, null)]
    [InlineData("gone", 10, 0, 1, null)]
    [InlineData(null, 10, 0, 1, null)]
    public void Of_AGroup_IsItsTokensAtItsModelsPrice(string? model, long prompt, long cached, long completion, string? expected)
    {
        var row = Row(model, prompt, cached, completion);

        Assert.Equal(
            expected is null ? null : decimal.Parse(expected, System.Globalization.CultureInfo.InvariantCulture),
            UsageCost.Of(row, Models)
        );
        Assert.Null(UsageCost.Of(row, null));
    }

    [Fact]
    public void Csv_HasTheCostInItsLastColumn()
    {
        var bytes = new ArrayBufferWriter<byte>();
        var csv = new UsageCsvWriter(bytes, Models);

        csv.WriteHead();
        csv.Write(new UsagePage([new UsageBucket(default, default, [Row("plain", 1_000_000, 0, 0)])], null, 0));

        var lines = Encoding.UTF8.GetString(bytes.WrittenSpan).Split("\r\n");
        Assert.EndsWith(",cost", lines[0], StringComparison.Ordinal);
        Assert.Equal(2m, decimal.Parse(lines[1].Split(',')[^1], System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void ErrorNames_AreThoseOfTheirNumbers_AlsoBehindAGap()
    {
        var row = Row("plain", 1, 0, 1);
        foreach (var kind in Enum.GetValues<TurnErrorKind>())
        {
            row.Figures.CountError((int)kind, 100 + (int)kind);
            Assert.Equal($"{kind}", UsageErrorNames.Of((int)kind), ignoreCase: true);
        }

        Assert.Equal("class17", UsageErrorNames.Of(17));
        var bytes = new ArrayBufferWriter<byte>();
        var csv = new UsageCsvWriter(bytes, Models);
        csv.WriteHead();
        csv.Write(new UsagePage([new UsageBucket(default, default, [row])], null, 0));
        var lines = Encoding.UTF8.GetString(bytes.WrittenSpan).Split("\r\n");
        var column = Array.IndexOf(lines[0].Split(','), "errors_refused_by_upstream");
        Assert.Equal($"{100 + (int)TurnErrorKind.RefusedByUpstream}", lines[1].Split(',')[column]);
    }

    private static UsageRow Row(string? model, long prompt, long cached, long completion) =>
        new(
            0,
            null,
            model,
            null,
            new UsageFigures
            {
                PromptTokens = prompt,
                CachedTokens = cached,
                CompletionTokens = completion,
            }
        );
}
