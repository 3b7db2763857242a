namespace FlowGpt.Grains.Interfaces.Turns;

/// <summary>Counts the tokens of prompts on the silo that the call reaches. Key: <see cref="Key"/>. Nothing is stored, sent or charged.</summary>
[Alias("flowgpt.ITokenCountGrain")]
public interface ITokenCountGrain : IGrainWithStringKey
{
    /// <summary>The only key in use.</summary>
    const string Key = "default";

    /// <summary>Tokens of the prompt that a turn would send, by the gateway's own tokenizer.</summary>
    [Alias("count"), ResponseTimeout("00:00:10")]
    ValueTask<int> Count(TurnRequest turn);

    /// <summary>
    /// Counts one request without tokens against the limits of the key that <see cref="TurnRequest.Terms"/> names. Null when the key lets the request in, else why not; then
    /// nothing is counted.
    /// </summary>
    /// <param name="turn">The request; its input is not looked at.</param>
    [Alias("admit"), ResponseTimeout("00:00:10")]
    ValueTask<TurnError?> Admit(TurnRequest turn);
}
