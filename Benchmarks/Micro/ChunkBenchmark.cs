using System.IO.Pipelines;
using BenchmarkDotNet.Attributes;
using FlowGpt.ApiFrontend.Dialects;
using FlowGpt.ApiFrontend.Dialects.OpenAiChat;
using FlowGpt.ApiFrontend.Models;
using FlowGpt.ApiFrontend.Turns;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Models;

namespace FlowGpt.Benchmarks.Micro;

/// <summary>Writing one piece of a reply as a server-sent event.</summary>
[MemoryDiagnoser]
public class ChunkBenchmark
{
    private static readonly byte[] Piece = " lantern"u8.ToArray();

    private readonly PipeWriter _output = PipeWriter.Create(Stream.Null, new StreamPipeWriterOptions(leaveOpen: true));
    private ChatStreamRenderer _renderer = null!;

    [GlobalSetup]
    public void SetUp()
    {
        var route = new FlowGpt.Grains.Interfaces.Models.Route(
            "gpt-4-free",
            [new Target("flowgpt", "prompt")],
            "",
            8192,
            true,
            0,
            "flowgpt"
        );
        var request = new ChatRequest
        {
            Model = route.Id,
            Content = new TurnContent { Input = [] },
        };
        _renderer = new ChatStreamRenderer(
            request,
            new ResponseHead("chatcmpl-0123456789abcdef", DateTimeOffset.UnixEpoch, new CachedModel(route))
        );
    }

    [Benchmark]
    public ValueTask<FlushResult> WriteText()
    {
        _renderer.Write(_output, new ResponseEvents.Event(ResponseEvents.Head(EventKind.TextDelta, 0, Piece.Length), Piece));
        return _output.FlushAsync();
    }
}
