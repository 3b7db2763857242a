namespace FlowGpt.Grains.Upstreams;

/// <summary>What the gateway can add to a model that knows text alone.</summary>
public static class EmulatedCapabilities
{
    /// <summary>Everything that decorators emulate.</summary>
    public const ModelCapabilities All = ModelCapabilities.Tools;

    /// <summary>What of the things needed is emulated for a model; none for a model that has everything itself.</summary>
    public static ModelCapabilities Of(ModelCapabilities needed, ModelCapabilities can) => needed & ~can & All;
}
