using System.IO.Pipelines;
using BenchmarkDotNet.Attributes;
using FlowGpt.ApiFrontend.Chat;
using FlowGpt.ApiFrontend.Models;
using FlowGpt.Grains.Interfaces.Models;

namespace FlowGpt.Benchmarks.Micro;

/// <summary>Writing one piece of a reply as a server-sent event.</summary>
[MemoryDiagnoser]
public class ChunkBenchmark
{
    private static readonly byte[] Piece = " lantern"u8.ToArray();

    private readonly PipeWriter _output = PipeWriter.Create(Stream.Null, new StreamPipeWriterOptions(leaveOpen: true));
    private ChatChunkWriter _writer = null!;

    [GlobalSetup]
    public void SetUp()
    {
        var entry = new Route("gpt-4-free", "flowgpt", "flowgpt", "prompt", "model", "", 8192, true, 0, "flowgpt");
        _writer = new ChatChunkWriter(
            _output,
            "chatcmpl-0123456789abcdef",
            DateTimeOffset.UnixEpoch,
            new CachedModel(entry),
            includeUsage: false
        );
    }

    [Benchmark]
    public ValueTask<FlushResult> WriteText()
    {
        _writer.WriteText(Piece);
        return _output.FlushAsync();
    }
}
