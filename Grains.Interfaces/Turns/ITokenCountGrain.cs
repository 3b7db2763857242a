namespace FlowGpt.Grains.Interfaces.Turns;

/// <summary>Counts the tokens of prompts on whatever silo the call reaches. Key: <see cref="Key"/>. Nothing is stored, sent or charged.</summary>
[Alias("flowgpt.ITokenCountGrain")]
public interface ITokenCountGrain : IGrainWithStringKey
{
    /// <summary>The only key in use.</summary>
    const string Key = "default";

    /// <summary>Tokens of the prompt that a turn would send, by the gateway's own tokenizer.</summary>
    [Alias("count"), ResponseTimeout("00:00:10")]
    ValueTask<int> Count(TurnRequest turn);
}
