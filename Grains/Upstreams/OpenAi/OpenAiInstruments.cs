using System.Diagnostics.Metrics;
using FlowGpt.Grains.Upstreams.Http;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>What calls to OpenAI-compatible servers measure.</summary>
internal sealed class OpenAiInstruments(IMeterFactory meters) : UpstreamInstruments(meters, "FlowGpt.OpenAi", "flowgpt.openai");
