using System.Globalization;
using System.Net.Sockets;
using FlowGpt.Benchmarks.Load;
using FlowGpt.Benchmarks.Report;
using FlowGpt.Benchmarks.Targets;

namespace FlowGpt.Benchmarks.Scenarios;

/// <summary>
/// What a stream holds in memory whose client sends a request, reads the head of the answer, and then nothing. The same replies are read by ordinary clients first, so
/// that the process is warm.
/// </summary>
internal sealed class UnreadScenario : IScenario
{
    public const string Name = "unread";

    private const int Streams = 100;
    private const double Mebibyte = 1024 * 1024;

    private static readonly int[] Replies = [20_000, 200_000];
    private static readonly TimeSpan Held = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Sample = TimeSpan.FromMilliseconds(100);

    public async Task RunAsync(BenchmarkOptions options, BenchmarkReport report, CancellationToken cancellationToken)
    {
        var table = new MarkdownTable(
            "reply KiB",
            "RSS MiB before",
            "most, 100 unread",
            "KiB a stream",
            "KiB a stream, less the reply",
            "heap KiB a stream"
        );
        foreach (var tokens in Replies)
        {
            await MeasureAsync(tokens, options, report, table, cancellationToken);
        }

        await report.WriteAsync($"{Streams} streams that nobody reads", table);
    }

    private static async Task MeasureAsync(
        int tokens,
        BenchmarkOptions options,
        BenchmarkReport report,
        MarkdownTable table,
        CancellationToken cancellationToken
    )
    {
        await using var simulator = await SimulatorProcess.StartAsync(ReplyPace.Instant with { Tokens = tokens }, cancellationToken);
        var settings = new GatewaySettings(GatewaySettings.History) { Variables = options.Variables };
        await using var gateway = await GatewayProcess.StartAsync(simulator.Address, settings, cancellationToken);
        var read = Subject.Gateway(gateway, "read", stream: true, tokens);
        var warm = await Meter.MeasureAsync(read, new LoadPlan(Streams, Streams * 3), cancellationToken);
        report.AddAllRight($"replies of {tokens} tokens, read", [warm]);
        var heapBefore = await HeapCollector.CollectAsync(gateway.ProcessId, cancellationToken);
        await Meter.RestAsync(gateway.Usage, cancellationToken);
        var before = gateway.Usage.ResidentBytes();
        var most = before;
        var sockets = new List<Socket>();
        try
        {
            for (var stream = 0; stream < Streams; stream++)
            {
                sockets.Add(await OpenAsync(gateway, cancellationToken));
            }

            var start = TimeProvider.System.GetTimestamp();
            while (TimeProvider.System.GetElapsedTime(start) < Held)
            {
                await Task.Delay(Sample, TimeProvider.System, cancellationToken);
                most = Math.Max(most, gateway.Usage.ResidentBytes());
            }

            var heap = (await HeapCollector.CollectAsync(gateway.ProcessId, cancellationToken) - heapBefore) / 1024.0 / Streams;
            var reply = Question.Reply(tokens).Length / 1024.0;
            var each = (most - before) / 1024.0 / Streams;
            table.Add(
                BenchmarkReport.Text(reply, "0"),
                BenchmarkReport.Text(before / Mebibyte, "0"),
                BenchmarkReport.Text(most / Mebibyte, "0"),
                BenchmarkReport.Text(each, "0"),
                BenchmarkReport.Text(each - reply, "0"),
                BenchmarkReport.Text(heap, "0")
            );
            report.Add(
                new Bar(
                    string.Create(CultureInfo.InvariantCulture, $"KiB of an unread stream beside its reply of {reply:0} KiB"),
                    1024,
                    each - reply
                )
            );
        }
        finally
        {
            sockets.ForEach(static socket => socket.Dispose());
        }
    }

    private static async Task<Socket> OpenAsync(GatewayProcess gateway, CancellationToken cancellationToken)
    {
        // The system takes little for the client, so that the rest stays in the gateway.
        var socket = new Socket(gateway.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(gateway.EndPoint, cancellationToken);
        var request = RequestBytes.Post(
            gateway.EndPoint.ToString(),
            "/v1/chat/completions",
            [$"Authorization: Bearer {GatewayProcess.Key}"],
            $$"""{"model":"{{GatewayClient.Model}}","stream":true,"messages":[{"role":"user","content":"{{Question.Text}}"}]}"""
        );
        await socket.SendAsync(request.Bytes, SocketFlags.None, cancellationToken);
        await socket.ReceiveAsync(new byte[256], SocketFlags.None, cancellationToken);
        return socket;
    }
}
