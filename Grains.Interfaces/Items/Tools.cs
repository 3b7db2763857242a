using System.Collections.Immutable;

namespace FlowGpt.Grains.Interfaces.Items;

/// <summary>A tool that the model may call.</summary>
/// <param name="Kind">What kind of tool.</param>
/// <param name="Name">Its name, unique among the tools of a turn.</param>
/// <param name="Description">What the tool does; null when the client did not say.</param>
/// <param name="Parameters">A function's JSON schema; for a custom tool its <c>format</c> object; null when there is none. JSON text.</param>
/// <param name="Strict">Whether arguments must match the schema exactly; null leaves the choice to the provider.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.ToolDefinition")]
public sealed record ToolDefinition(
    [property: Id(0)] ToolKind Kind,
    [property: Id(1)] string Name,
    [property: Id(2)] string? Description,
    [property: Id(3)] string? Parameters,
    [property: Id(4)] bool? Strict = null
);

/// <summary>Which tools the model may or must call. Numbers are stored.</summary>
[GenerateSerializer]
public enum ToolChoiceMode
{
    Auto = 0,
    None = 1,

    /// <summary>At least one call.</summary>
    Required = 2,

    /// <summary>A call of the one tool in <see cref="ToolChoice.Names"/>.</summary>
    Named = 3,

    /// <summary>Auto among the tools in <see cref="ToolChoice.Names"/>.</summary>
    AllowedAuto = 4,

    /// <summary>Required among the tools in <see cref="ToolChoice.Names"/>.</summary>
    AllowedRequired = 5,
}

/// <summary>The client's choice of tools.</summary>
/// <param name="Mode">How free the model is.</param>
/// <param name="Names">The tools meant, by <see cref="ToolDefinition.Name"/>; empty unless the mode needs names.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.ToolChoice")]
public sealed record ToolChoice([property: Id(0)] ToolChoiceMode Mode, [property: Id(1)] ImmutableArray<string> Names)
{
    /// <summary>The model decides.</summary>
    public static ToolChoice Auto { get; } = new(ToolChoiceMode.Auto, []);
}

/// <summary>The form that a reply's text must have. Numbers are stored.</summary>
[GenerateSerializer]
public enum ResponseFormatKind
{
    JsonObject = 1,
    JsonSchema = 2,
}

/// <summary>The form that a reply's text must have, other than plain text.</summary>
/// <param name="Kind">JSON of any form, or by a schema.</param>
/// <param name="Name">The schema's name.</param>
/// <param name="Schema">The JSON schema as JSON text; null for <see cref="ResponseFormatKind.JsonObject"/>.</param>
/// <param name="Strict">Whether the schema must be followed exactly; null leaves the choice to the provider.</param>
/// <param name="Description">What the format is for.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.ResponseFormat")]
public sealed record ResponseFormat(
    [property: Id(0)] ResponseFormatKind Kind,
    [property: Id(1)] string? Name = null,
    [property: Id(2)] string? Schema = null,
    [property: Id(3)] bool? Strict = null,
    [property: Id(4)] string? Description = null
);
