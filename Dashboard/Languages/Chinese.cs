namespace FlowGpt.Dashboard.Languages;

/// <summary>Simplified Chinese, by the English text.</summary>
internal static partial class Chinese
{
    /// <summary>All texts.</summary>
    public static IReadOnlyDictionary<string, string> Words { get; } =
        General.Concat(Operations).Concat(Live).ToDictionary(static one => one.English, static one => one.Chinese);
}
