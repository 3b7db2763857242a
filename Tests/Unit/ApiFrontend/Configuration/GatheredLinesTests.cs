using FlowGpt.ApiFrontend.Configuration;
using Microsoft.Extensions.Time.Testing;
using Serilog;
using Serilog.Formatting.Display;

namespace FlowGpt.Tests.Unit.ApiFrontend.Configuration;

public sealed class GatheredLinesTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly CountedWriter _output = new();
    private readonly Serilog.Core.Logger _log;

    public GatheredLinesTests() =>
        _log = new LoggerConfiguration()
            .WriteTo.Sink(new GatheredLines(new MessageTemplateTextFormatter("{Message}|", null), _output, _time))
            .CreateLogger();

    public void Dispose() => _log.Dispose();

    [Fact]
    public void Emit_SeveralLines_AreWrittenTogetherOnceTheTimeHasPassed()
    {
        _log.Information("one");
        _log.Information("two");
        Assert.Equal("", _output.ToString());

        _time.Advance(GatheredLines.WriteEvery);

        Assert.Equal(("one|two|", 1), (_output.ToString(), _output.Writes));
        _log.Information("three");
        _time.Advance(GatheredLines.WriteEvery);
        Assert.Equal("one|two|three|", _output.ToString());
    }

    [Fact]
    public void Emit_AWarning_IsWrittenAtOnceAfterTheLinesBefore()
    {
        _log.Information("one");
        _log.Warning("two");

        Assert.Equal("one|two|", _output.ToString());
    }

    [Fact]
    public void Emit_ManyLines_AreWrittenWithoutWaiting()
    {
        for (var i = 0; i < 40; i++)
        {
            _log.Information("{Text:l}", new string('x', 1000));
        }

        Assert.InRange(_output.ToString().Length, 32 * 1024, 34 * 1024);
    }

    [Fact]
    public void Dispose_LinesThatWait_AreWritten()
    {
        _log.Information("one");
        _log.Dispose();

        Assert.Equal("one|", _output.ToString());
    }

    [Fact]
    public async Task Emit_ManyThreads_KeepsEachLineWhole()
    {
        await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(thread =>
                    Task.Run(
                        () =>
                        {
                            for (var i = 0; i < 500; i++)
                            {
                                _log.Information("{Thread}:{Line}", thread, i);
                            }
                        },
                        TestContext.Current.CancellationToken
                    )
                )
        );
        _log.Dispose();

        var lines = _output.ToString().Split('|', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4000, lines.Distinct().Count());
        for (var thread = 0; thread < 8; thread++)
        {
            var own = lines.Where(line => line.StartsWith($"{thread}:", StringComparison.Ordinal)).ToList();
            Assert.Equal(Enumerable.Range(0, 500).Select(line => $"{thread}:{line}"), own);
        }
    }

    private sealed class CountedWriter : StringWriter
    {
        public int Writes { get; private set; }

        public override void Flush() => Writes++;
    }
}
