using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Keys;
using FlowGpt.Grains.Tokens;
using Orleans.Concurrency;

namespace FlowGpt.Grains.Turns;

/// <summary>Counts the tokens of prompts, and the requests for that against the limits of their keys.</summary>
[GrainType("token-count"), StatelessWorker]
internal sealed class TokenCountGrain(TokenCounter tokens, IKeyReservations keys) : Grain, ITokenCountGrain
{
    public ValueTask<int> Count(TurnRequest turn) => new(tokens.CountPrompt(turn, turn.Input.AsSpan()));

    public async ValueTask<TurnError?> Admit(TurnRequest turn) => (await keys.CountRequestAsync(turn)).Error;
}
