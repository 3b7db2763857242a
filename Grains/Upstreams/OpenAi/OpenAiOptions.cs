using FlowGpt.Grains.Upstreams.Http;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>
/// Limits of every call to an OpenAI-compatible server, whichever pool makes the call. <see cref="OpenAiOptionsValidator"/> checks all of them. Bound once; a change
/// needs a restart.
/// </summary>
public sealed class OpenAiOptions : UpstreamCallOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "FlowGpt:OpenAi";
}
