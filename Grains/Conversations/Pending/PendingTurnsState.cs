namespace FlowGpt.Grains.Conversations.Pending;

/// <summary>The stored record of one part of the index: grain keys of conversations that may hold a turn without an end or usage that is not booked.</summary>
[GenerateSerializer, Alias("flowgpt.PendingTurnsState")]
internal sealed class PendingTurnsState
{
    [Id(0)]
    public List<string> Conversations { get; set; } = [];
}
