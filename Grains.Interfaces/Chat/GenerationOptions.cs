using System.Collections.Immutable;

namespace FlowGpt.Grains.Interfaces.Chat;

/// <summary>What the caller asked of the generation itself. A null means the upstream's default.</summary>
/// <param name="MaxOutputTokens">Cut the reply at this many o200k tokens with <see cref="Conversations.FinishReason.Length"/>; at least 1.</param>
/// <param name="Stop">Up to four strings; the reply ends before the first that occurs. Empty when none.</param>
/// <param name="Temperature">0 to 2.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.GenerationOptions")]
public sealed record GenerationOptions(
    [property: Id(0)] int? MaxOutputTokens = null,
    [property: Id(1)] ImmutableArray<string> Stop = default,
    [property: Id(2)] double? Temperature = null
)
{
    /// <summary>No wish at all.</summary>
    public static GenerationOptions Default { get; } = new();

    /// <summary>The stop strings, never the default array.</summary>
    public ImmutableArray<string> StopOrEmpty => Stop.IsDefault ? [] : Stop;
}
