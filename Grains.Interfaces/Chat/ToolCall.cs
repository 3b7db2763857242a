namespace FlowGpt.Grains.Interfaces.Chat;

/// <summary>A function call that an earlier assistant turn made.</summary>
/// <param name="Id">The caller's id for it, <c>call_…</c>.</param>
/// <param name="Name">The function's name.</param>
/// <param name="Arguments">Its arguments as the JSON text the caller sent; not parsed.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.ToolCall")]
public sealed record ToolCall([property: Id(0)] string Id, [property: Id(1)] string Name, [property: Id(2)] string Arguments);
