namespace FlowGpt.Grains.Keys;

/// <summary>The stored list of key ids.</summary>
[GenerateSerializer, Alias("flowgpt.ApiKeyDirectoryState")]
internal sealed class ApiKeyDirectoryState
{
    /// <summary>The ids, oldest first.</summary>
    [Id(0)]
    public List<string> Ids { get; set; } = [];
}
