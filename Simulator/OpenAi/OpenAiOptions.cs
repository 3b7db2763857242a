using FlowGpt.Simulator.OpenAi.Models;

namespace FlowGpt.Simulator.OpenAi;

/// <summary>How the OpenAI-compatible face starts.</summary>
public sealed record OpenAiOptions
{
    /// <summary>The header that the key is taken from. Default <c>Authorization</c>; paths that name a deployment always use <c>api-key</c>.</summary>
    public string KeyHeader { get; init; } = "Authorization";

    /// <summary>What stands before the key in its header; empty for nothing. Default <c>Bearer</c>.</summary>
    public string KeyScheme { get; init; } = "Bearer";

    /// <summary>The models that exist, beside the defaults of <see cref="OfferedModel.Defaults"/>. Default none.</summary>
    public IReadOnlyList<OfferedModel> Models { get; init; } = [];
}
