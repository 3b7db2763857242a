using System.Globalization;
using System.Text;
using FlowGpt.ApiFrontend.Requests;
using Serilog;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Compact;
using Serilog.Formatting.Display;
using Serilog.Sinks.SystemConsole.Themes;

namespace FlowGpt.ApiFrontend.Configuration;

/// <summary>
/// Logging of every executable: readable lines on a terminal, one compact JSON object a line when the output goes to a file, a pipe or
/// a container's log. <c>FlowGpt:Logging:Format</c> (<c>auto</c>, <c>text</c>, <c>json</c>) and <c>FlowGpt:Logging:Level</c> (Serilog's names,
/// default <c>Information</c>) set it; <c>FlowGpt:Logging:Override:&lt;category&gt;</c> sets one category's level.
/// </summary>
public static class ProductLogging
{
    private const int WriteBuffer = 32 * 1024;
    private const string Section = "FlowGpt:Logging";
    private const string Template = "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}{NewLine}{Exception}";

    /// <summary>
    /// Gives the process a standard output that takes many log lines in one system call, where it goes to a file, a pipe or a container's log. The runtime's own
    /// writer needs a system call for every 256 characters. Call it once, before anything is written.
    /// </summary>
    public static void BufferStandardOutput()
    {
        if (Console.IsOutputRedirected)
        {
            var output = new StreamWriter(
                Console.OpenStandardOutput(),
                new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
                WriteBuffer
            )
            {
                AutoFlush = true,
            };
            Console.SetOut(output);
        }
    }

    /// <summary>
    /// Sets the logging up and returns whether it writes readable text, as opposed to JSON; adds every problem found in its settings
    /// to <paramref name="problems"/>.
    /// </summary>
    public static bool AddProductLogging(this IHostApplicationBuilder builder, ICollection<string> problems)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(problems);
        var section = builder.Configuration.GetSection(Section);
        var text = ReadFormat(section["Format"], problems);
        var level = ReadLevel($"{Section}:Level", section["Level"], LogEventLevel.Information, problems);
        var configuration = new LoggerConfiguration()
            .MinimumLevel.Is(level)
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("Orleans", LogEventLevel.Warning)
            .MinimumLevel.Override("System", LogEventLevel.Warning)
            .MinimumLevel.Override("Polly", LogEventLevel.Warning)
            // Grain services log each change of their share of the cluster.
            .MinimumLevel.Override("FlowGpt.Grains.Pools.Leasing.LeaseReportService", LogEventLevel.Warning)
            .MinimumLevel.Override("FlowGpt.Grains.Cluster.SiloControlService", LogEventLevel.Warning)
            .MinimumLevel.Override("FlowGpt.Grains.Keys.KeyReportService", LogEventLevel.Warning)
            // At its first look it takes the machine's uptime for a pause.
            .MinimumLevel.Override("Orleans.Runtime.Watchdog", LogEventLevel.Error)
            // Thrown on purpose, to close a connection; the request's own log line says why.
            .Filter.ByExcluding(static line => line.Exception is ReplyCutException)
            .Enrich.FromLogContext();
        foreach (var (category, value) in section.GetSection("Override").AsEnumerable(makePathsRelative: true))
        {
            if (value is not null)
            {
                configuration.MinimumLevel.Override(category, ReadLevel($"{Section}:Override:{category}", value, level, problems));
            }
        }

        if (!Console.IsOutputRedirected && text)
        {
            configuration.WriteTo.Console(outputTemplate: Template, theme: AnsiConsoleTheme.Code);
        }
        else
        {
            ITextFormatter formatter = text
                ? new MessageTemplateTextFormatter(Template, CultureInfo.InvariantCulture)
                : new CompactJsonFormatter();
            configuration.WriteTo.Sink(new GatheredLines(formatter, Console.Out, TimeProvider.System));
        }

        builder.Services.AddSerilog(configuration.CreateLogger(), dispose: true);
        return text;
    }

    private static bool ReadFormat(string? format, ICollection<string> problems)
    {
        switch (format?.ToLowerInvariant())
        {
            case null or "" or "auto":
                return !Console.IsOutputRedirected;
            case "text":
                return true;
            case "json":
                return false;
            default:
                problems.Add($"{Section}:Format = \"{format}\": is not known. Give one of auto, text, json.");
                return true;
        }
    }

    private static LogEventLevel ReadLevel(string key, string? value, LogEventLevel fallback, ICollection<string> problems)
    {
        if (string.IsNullOrEmpty(value))
        {
            return fallback;
        }

        if (!Enum.TryParse<LogEventLevel>(value, ignoreCase: true, out var level))
        {
            problems.Add($"{key} = \"{value}\": is not known. Give one of {string.Join(", ", Enum.GetNames<LogEventLevel>())}.");
        }

        return level;
    }
}
