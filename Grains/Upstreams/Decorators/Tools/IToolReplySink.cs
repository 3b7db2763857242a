namespace FlowGpt.Grains.Upstreams.Decorators.Tools;

/// <summary>Takes what a reply turned out to hold, in order. Bytes are copied before the call returns.</summary>
internal interface IToolReplySink
{
    /// <summary>Text outside calls: UTF-8, split only where the reply was.</summary>
    void Text(ReadOnlySpan<byte> text);

    /// <summary>What the model thought before it answered: UTF-8.</summary>
    void Thought(ReadOnlySpan<byte> text);

    /// <summary>A whole call of a tool that the turn has.</summary>
    void Call(ToolCallText call);

    /// <summary>A block of the protocol that is no call.</summary>
    void Broken(BrokenCall block);
}

/// <summary>A block of the protocol that is no call.</summary>
/// <param name="Body">What stands between the tags.</param>
/// <param name="Problem">Why the block is no call, in words for the model.</param>
/// <param name="IsCut">Whether the reply ended inside the block: what is missing cannot be known.</param>
/// <param name="Calls">How many calls the block would have been.</param>
/// <param name="Tool">The tool that the opening tag names; null when the tag names none.</param>
internal sealed record BrokenCall(string Body, string Problem, bool IsCut, int Calls = 1, string? Tool = null);
