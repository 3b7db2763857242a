using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Conversations;
using FlowGpt.Simulator.Tokens;

namespace FlowGpt.Simulator.Truth;

/// <summary>
/// Reads what a running simulator knows and sets how it behaves, without HTTP. Every member is safe to use from many threads and takes
/// effect for requests that arrive after it returns.
/// </summary>
public sealed class SimulatorTruth
{
    private readonly SimulatorState _state;

    internal SimulatorTruth(SimulatorState state)
    {
        _state = state;
    }

    /// <summary>All counters. A reply counts as over before its client can read the end of its body.</summary>
    public TruthSnapshot Snapshot()
    {
        var now = _state.Clock.GetUtcNow();
        return new TruthSnapshot(
            _state.Global.Snapshot(_state.Conversations.Count),
            [.. _state.Accounts.All.Select(account => account.Snapshot(now))]
        );
    }

    /// <summary>One account's counters; an account that never called has zeroes.</summary>
    public AccountTruth Account(string name) => Existing(name).Snapshot(_state.Clock.GetUtcNow());

    /// <summary>The exchanges that are kept, oldest first; a request joins when it ends.</summary>
    public IReadOnlyList<Exchange> Exchanges() => _state.Exchanges.Snapshot();

    /// <summary>The latest exchange whose question contains a text, or null.</summary>
    public Exchange? FindExchange(string questionContains) =>
        _state.Exchanges.Snapshot().LastOrDefault(exchange => exchange.Question.Contains(questionContains, StringComparison.Ordinal));

    /// <summary>Waits until the truth satisfies a condition; looks again whenever a request starts, ends or is rejected.</summary>
    /// <returns>The snapshot that satisfied it.</returns>
    public async Task<TruthSnapshot> WaitUntilAsync(Func<TruthSnapshot, bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            var changed = _state.Changes.Next();
            var snapshot = Snapshot();
            if (condition(snapshot))
            {
                return snapshot;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The global behaviour as it was last set.</summary>
    public BehaviourSettings Behaviour() => _state.Behaviour.Global;

    /// <summary>An account's behaviour as it was last set.</summary>
    public BehaviourSettings Behaviour(string account) => Existing(account).Behaviour.Settings;

    /// <summary>Replaces the global behaviour.</summary>
    /// <exception cref="ArgumentException">A setting is out of range; the message lists every one.</exception>
    public void SetBehaviour(BehaviourSettings settings)
    {
        BehaviourRules.ThrowIfInvalid(settings);
        _state.Behaviour.Global = settings;
    }

    /// <summary>Replaces an account's behaviour.</summary>
    /// <exception cref="ArgumentException">A setting is out of range; the message lists every one.</exception>
    public void SetBehaviour(string account, BehaviourSettings settings)
    {
        BehaviourRules.ThrowIfInvalid(settings);
        Existing(account).Behaviour.Settings = settings;
    }

    /// <summary>Makes an account known and replaces its settings. Changed limits start with empty windows and no violations.</summary>
    /// <exception cref="ArgumentException">A setting is out of range; the message lists every one.</exception>
    public void ConfigureAccount(string name, AccountSettings settings)
    {
        LimitRules.ThrowIfInvalid(settings);
        Existing(name).Configure(settings, _state.Clock.GetUtcNow());
    }

    /// <summary>Makes an account known and mints a token for it, issued now.</summary>
    /// <param name="accountName">Any text.</param>
    /// <param name="lifetime">Null for the account's, else the simulator's; negative for a token that is already expired.</param>
    public string IssueToken(string accountName, TimeSpan? lifetime = null)
    {
        var account = Existing(accountName);
        return FakeToken.Mint(account.Name, _state.Clock.GetUtcNow(), lifetime ?? account.Settings.TokenLifetime ?? _state.TokenLifetime);
    }

    /// <summary>Makes an account known and mints a key of the OpenAI-compatible face for it, issued now.</summary>
    /// <param name="accountName">Any text.</param>
    public string IssueApiKey(string accountName) => ApiKey.Mint(Existing(accountName).Name, _state.Clock.GetUtcNow());

    /// <summary>The messages of an upstream conversation as role and text, oldest first; null when it is not known.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Conversation(string id) =>
        _state.Conversations.Find(id)?.Messages().Select(message => KeyValuePair.Create(message.Role, message.Text)).ToArray();

    /// <summary>Forgets every upstream conversation, so that chat requests against them are answered with 404.</summary>
    public void ForgetConversations() => _state.Conversations.Clear();

    /// <summary>
    /// Zeroes counters and windows, forgets exchanges and nonces, and puts every behaviour back to what the simulator started with. Accounts, tokens,
    /// conversations and requests in progress stay.
    /// </summary>
    public void Reset()
    {
        _state.Global.Reset();
        _state.Exchanges.Clear();
        _state.Nonces.Clear();
        _state.Behaviour.Global = _state.FirstBehaviour;
        foreach (var account in _state.Accounts.All)
        {
            account.Reset();
            account.Behaviour.Settings = new BehaviourSettings();
        }

        _state.Changes.Pulse();
    }

    internal bool Knows(string account) => _state.Accounts.Find(account) is not null;

    private Account Existing(string nameOrId) => _state.Accounts.Find(nameOrId) ?? _state.Accounts.Named(nameOrId);
}
