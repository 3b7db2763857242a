using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Conversations;
using FlowGpt.Simulator.Signatures;
using FlowGpt.Simulator.Truth;

namespace FlowGpt.Simulator.Hosting;

/// <summary>Everything one simulator remembers.</summary>
internal sealed class SimulatorState
{
    public SimulatorState(SimulatorOptions options)
    {
        Options = options;
        Accounts = new AccountRegistry(options.DefaultLimits, options.DisconnectGrace, options.AcceptUnknownAccounts, options.MaxAccounts);
        Nonces = new NonceMemory(options.NonceCapacity);
        Conversations = new ConversationStore(options.ConversationCapacity);
        Exchanges = new ExchangeRing(options.ExchangeCapacity, options.ExchangeCharacters);
        Behaviour.Global = options.Behaviour;
    }

    public SimulatorOptions Options { get; }

    public TimeProvider Clock => Options.TimeProvider;

    public AccountRegistry Accounts { get; }

    public ConversationStore Conversations { get; }

    public NonceMemory Nonces { get; }

    public ExchangeRing Exchanges { get; }

    public BehaviourBook Behaviour { get; } = new();

    public GlobalCounters Global { get; } = new();

    public ChangeSignal Changes { get; } = new();
}
