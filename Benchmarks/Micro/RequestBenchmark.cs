using System.Buffers;
using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using FlowGpt.ApiFrontend.Dialects.OpenAiChat;

namespace FlowGpt.Benchmarks.Micro;

/// <summary>Reading the body of a chat completion request.</summary>
[MemoryDiagnoser]
public class RequestBenchmark
{
    private ReadOnlySequence<byte> _body;

    /// <summary>Characters of the last message.</summary>
    [Params(100, 10_000)]
    public int Characters { get; set; }

    [GlobalSetup]
    public void SetUp() =>
        _body = new ReadOnlySequence<byte>(
            Encoding.UTF8.GetBytes(
                $$"""{"model":"gpt-4-free","stream":true,"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":{{JsonSerializer.Serialize(new string('a', Characters))}}}]}"""
            )
        );

    [Benchmark]
    public bool Read() =>
        ChatBodyReader.Read(_body, strict: false, out _) is null ? true : throw new InvalidOperationException("The body was refused.");
}
