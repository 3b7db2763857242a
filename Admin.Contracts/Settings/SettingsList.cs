namespace FlowGpt.Admin.Contracts.Settings;

/// <summary>The settings of a process.</summary>
/// <param name="Settings">By name.</param>
/// <param name="Process">The process: its machine and its id there. Each process has its own settings.</param>
public sealed record SettingsList(IReadOnlyList<SettingEntry> Settings, string? Process = null);

/// <summary>One setting.</summary>
/// <param name="Name">The configuration key, e.g. <c>FlowGpt:Frontend:RequestTimeout</c>.</param>
/// <param name="Value">The value in force; null when there is none, and always null for a secret.</param>
/// <param name="Default">The value without any configuration; null when there is none.</param>
/// <param name="IsSecret">Whether the value is never shown.</param>
/// <param name="IsSet">Whether the value was configured.</param>
/// <param name="Source">Where the value came from: an environment variable, a file, the command line, or <c>default</c>.</param>
public sealed record SettingEntry(string Name, string? Value, string? Default, bool IsSecret, bool IsSet, string Source);
