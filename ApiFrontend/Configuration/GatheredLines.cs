using System.Globalization;
using System.Text;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;

namespace FlowGpt.ApiFrontend.Configuration;

/// <summary>
/// Writes log lines to the standard output, many with one system call: a line waits for at most <see cref="WriteEvery"/>. Warnings and errors are written at
/// once, with all lines before them. A process that is killed loses the lines that wait. Thread-safe.
/// </summary>
internal sealed class GatheredLines : ILogEventSink, IDisposable
{
    /// <summary>From the first line that waits to the write.</summary>
    public static readonly TimeSpan WriteEvery = TimeSpan.FromMilliseconds(50);

    // So many characters are written without waiting for more.
    private const int Enough = 32 * 1024;

    [ThreadStatic]
    private static StringWriter? s_line;

    private readonly ITextFormatter _formatter;
    private readonly TextWriter _output;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly StringBuilder _lines = new(2 * Enough);
    private bool _isWaiting;

    public GatheredLines(ITextFormatter formatter, TextWriter output, TimeProvider time)
    {
        _formatter = formatter;
        _output = output;
        _timer = time.CreateTimer(
            static lines => ((GatheredLines)lines!).Write(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
    }

    public void Emit(LogEvent logEvent)
    {
        var line = s_line ??= new StringWriter(CultureInfo.InvariantCulture);
        var text = line.GetStringBuilder().Clear();
        _formatter.Format(logEvent, line);
        lock (_gate)
        {
            _lines.Append(text);
            if (logEvent.Level >= LogEventLevel.Warning || _lines.Length >= Enough)
            {
                WriteLines();
            }
            else if (!_isWaiting)
            {
                _isWaiting = true;
                _timer.Change(WriteEvery, Timeout.InfiniteTimeSpan);
            }
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        Write();
    }

    private void Write()
    {
        lock (_gate)
        {
            _isWaiting = false;
            WriteLines();
        }
    }

    private void WriteLines()
    {
        if (_lines.Length > 0)
        {
            _output.Write(_lines);
            _output.Flush();
            _lines.Clear();
        }
    }
}
