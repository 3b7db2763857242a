namespace FlowGpt.Grains.Interfaces.Turns;

/// <summary>Why a reply ended.</summary>
[GenerateSerializer]
public enum FinishReason
{
    /// <summary>The upstream ended it, or a stop string occurred.</summary>
    Stop = 0,

    /// <summary>A token limit was reached: the caller's, the account's or the model's.</summary>
    Length = 1,

    /// <summary>The model wants tools to be called.</summary>
    ToolCalls = 2,

    /// <summary>The provider's filter ended the reply.</summary>
    ContentFilter = 3,
}
