using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Conversations;
using FlowGpt.Simulator.Signatures;

namespace FlowGpt.Simulator.Truth;

/// <summary>Everything that a simulator remembers, and the options that its faces share.</summary>
internal sealed class SimulatorState
{
    public required TimeProvider Clock { get; init; }

    /// <summary>What happens to requests beyond a limit.</summary>
    public required LimitMode LimitMode { get; init; }

    /// <summary>Whether the 429 of <see cref="LimitMode.Enforce"/> carries <c>Retry-After</c>.</summary>
    public required bool RetryAfterOnLimit { get; init; }

    /// <summary>Lifetime of minted tokens.</summary>
    public required TimeSpan TokenLifetime { get; init; }

    /// <summary>The global behaviour after a reset.</summary>
    public required BehaviourSettings FirstBehaviour { get; init; }

    public required AccountRegistry Accounts { get; init; }

    public required ConversationStore Conversations { get; init; }

    public required NonceMemory Nonces { get; init; }

    public required ExchangeRing Exchanges { get; init; }

    public required BehaviourBook Behaviour { get; init; }

    public GlobalCounters Global { get; } = new();

    public ChangeSignal Changes { get; } = new();
}
