using System.Buffers;
using BenchmarkDotNet.Attributes;
using FlowGpt.Grains.Replies;
using FlowGpt.Grains.Tokens;

namespace FlowGpt.Benchmarks.Micro;

/// <summary>What each piece of a reply passes through in the silo.</summary>
[MemoryDiagnoser]
public class ReplyBenchmark
{
    private static readonly byte[] Piece = " lantern"u8.ToArray();

    private readonly ArrayBufferWriter<byte> _output = new(1024);
    private readonly TokenCounter _tokens = new();
    private readonly ReplyFilter _plain = new(cleanResponsePrefix: true, [], limit: null);
    private readonly ReplyFilter _withStop = new(cleanResponsePrefix: true, ["\n\nHuman:"], limit: null);

    [Benchmark(Baseline = true)]
    public void Filter() => Append(_plain);

    [Benchmark]
    public void FilterWithStop() => Append(_withStop);

    [Benchmark]
    public int CountTokens() => _tokens.Count(Piece);

    private void Append(ReplyFilter filter)
    {
        _output.ResetWrittenCount();
        filter.Append(Piece, _output);
    }
}
