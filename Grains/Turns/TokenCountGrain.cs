using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Tokens;
using Orleans.Concurrency;

namespace FlowGpt.Grains.Turns;

/// <summary>Counts the tokens of prompts.</summary>
[GrainType("token-count"), StatelessWorker]
internal sealed class TokenCountGrain(TokenCounter tokens) : Grain, ITokenCountGrain
{
    public ValueTask<int> Count(TurnRequest turn) => new(tokens.CountPrompt(turn, turn.Input.AsSpan()));
}
