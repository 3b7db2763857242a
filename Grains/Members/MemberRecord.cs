namespace FlowGpt.Grains.Members;

/// <summary>What is stored of a person: the ids of their keys, oldest first.</summary>
[GenerateSerializer, Alias("flowgpt.MemberRecord")]
internal sealed class MemberRecord
{
    /// <summary>All keys.</summary>
    [Id(0)]
    public List<string> Keys { get; set; } = [];

    /// <summary>Those that have ended.</summary>
    [Id(1)]
    public HashSet<string> Ended { get; set; } = [];
}
