namespace FlowGpt.Grains.Interfaces.Conversations;

/// <summary>Why a reply's text ended.</summary>
[GenerateSerializer]
public enum FinishReason
{
    /// <summary>The upstream ended it, or a stop string occurred.</summary>
    Stop = 0,

    /// <summary>The caller's token limit was reached.</summary>
    Length = 1,
}
