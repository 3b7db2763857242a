namespace FlowGpt.Grains.Upstreams;

/// <summary>What the gateway can add to a model that knows text alone.</summary>
public static class EmulatedCapabilities
{
    /// <summary>Everything that decorators emulate.</summary>
    public const ModelCapabilities All = ModelCapabilities.Tools | ModelCapabilities.JsonObject | ModelCapabilities.JsonSchema;
}
