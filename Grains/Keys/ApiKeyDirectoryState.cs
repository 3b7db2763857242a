namespace FlowGpt.Grains.Keys;

/// <summary>The stored list of key ids: its newest part. What is older is in pages, written once.</summary>
[GenerateSerializer, Alias("flowgpt.ApiKeyDirectoryState")]
internal sealed class ApiKeyDirectoryState
{
    /// <summary>The newest ids, oldest of them first; in records of earlier versions all ids.</summary>
    [Id(0)]
    public List<string> Ids { get; set; } = [];

    /// <summary>How many pages of older ids there are: numbers 0 to this, exclusive, in order.</summary>
    [Id(1)]
    public int Pages { get; set; }

    /// <summary>How many of all keys have been revoked.</summary>
    [Id(2)]
    public int Revoked { get; set; }
}

/// <summary>A page of key ids, oldest first.</summary>
[GenerateSerializer, Alias("flowgpt.ApiKeyDirectoryPage")]
internal sealed class ApiKeyDirectoryPage
{
    [Id(0)]
    public List<string> Ids { get; set; } = [];
}
