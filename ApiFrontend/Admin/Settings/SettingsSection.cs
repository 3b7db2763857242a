namespace FlowGpt.ApiFrontend.Admin.Settings;

/// <summary>A section of the configuration and the options that are bound to it. Composition roots register theirs, so that operators see them.</summary>
/// <param name="Name">The section.</param>
/// <param name="Options">The options; each can be made without arguments, which gives the defaults.</param>
public sealed record SettingsSection(string Name, params IReadOnlyList<Type> Options);
