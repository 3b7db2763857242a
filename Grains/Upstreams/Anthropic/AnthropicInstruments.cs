using System.Diagnostics.Metrics;
using FlowGpt.Grains.Upstreams.Http;

namespace FlowGpt.Grains.Upstreams.Anthropic;

/// <summary>What calls to servers that speak Anthropic Messages measure.</summary>
internal sealed class AnthropicInstruments(IMeterFactory meters) : UpstreamInstruments(meters, "FlowGpt.Anthropic", "flowgpt.anthropic");
