using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace FlowGpt.Tests.Unit.ApiFrontend.Hosting;

/// <summary>Keeps every log line, so that a test can check what was written and what was not.</summary>
internal sealed class RecordedLogs : ILoggerProvider
{
    public ConcurrentQueue<(int EventId, LogLevel Level, string Text)> Lines { get; } = [];

    public ILogger CreateLogger(string categoryName) => new Recorder(this);

    public void Dispose() { }

    private sealed class Recorder(RecordedLogs logs) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => logs.Lines.Enqueue((eventId.Id, logLevel, formatter(state, exception) + exception));
    }
}
