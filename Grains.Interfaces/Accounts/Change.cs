namespace FlowGpt.Grains.Interfaces.Accounts;

/// <summary>A new value for a field of an account; a field that stays as it is has no change at all.</summary>
/// <typeparam name="T">The field's type.</typeparam>
/// <param name="To">The new value; null goes back to what configuration says, or to the default.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.Change`1")]
public sealed record Change<T>([property: Id(0)] T? To);
