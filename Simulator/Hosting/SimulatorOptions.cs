using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.OpenAi;
using FlowGpt.Simulator.Signatures;

namespace FlowGpt.Simulator.Hosting;

/// <summary>How a simulator starts. Behaviour and accounts can be changed while it runs.</summary>
public sealed record SimulatorOptions
{
    /// <summary>The configuration section of the executable.</summary>
    public const string SectionName = "Simulator";

    /// <summary>Addresses to listen on, separated by semicolons: http, an IP address or localhost. Default a free loopback port.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:0";

    /// <summary>
    /// Whether any token of the right form is an account. Default true. When false, only accounts that were named (by minting a token or
    /// by configuring them) exist, and every other token is refused with 401.
    /// </summary>
    public bool AcceptUnknownAccounts { get; init; } = true;

    /// <summary>The most accounts that exist; a token of one more is refused. Default 10000.</summary>
    public int MaxAccounts { get; init; } = 10_000;

    /// <summary>Limits of accounts that have none of their own. Default none.</summary>
    public AccountLimits DefaultLimits { get; init; } = new();

    /// <summary>What happens to requests beyond a limit. Default <see cref="LimitMode.Observe"/>.</summary>
    public LimitMode LimitMode { get; init; } = LimitMode.Observe;

    /// <summary>Whether the 429 of <see cref="LimitMode.Enforce"/> carries <c>Retry-After</c>. Default false, as none was ever recorded.</summary>
    public bool RetryAfterOnLimit { get; init; }

    /// <summary>
    /// How long after a request that seems to exceed the concurrent limit a client may turn out to have left another reply before it.
    /// Default 250 ms (assumed); zero counts by the server's knowledge alone.
    /// </summary>
    public TimeSpan DisconnectGrace { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>What is asked of signatures. Default <see cref="SignatureMode.Lenient"/> (assumed).</summary>
    public SignatureMode SignatureMode { get; init; } = SignatureMode.Lenient;

    /// <summary>The only form of signature accepted. Default null: any of the three.</summary>
    public SignatureForm? SignatureForm { get; init; }

    /// <summary>How far <c>x-timestamp</c> may be from the clock. Default 300 seconds (assumed).</summary>
    public TimeSpan SignatureSkew { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>The most recent nonces that are remembered against replay. Default 100000.</summary>
    public int NonceCapacity { get; init; } = 100_000;

    /// <summary>Lifetime of minted tokens. Default 7 days, as the upstream's.</summary>
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The global behaviour at the start and after a reset.</summary>
    public BehaviourSettings Behaviour { get; init; } = new();

    /// <summary>The OpenAI-compatible face.</summary>
    public OpenAiOptions OpenAi { get; init; } = new();

    /// <summary>The most recent exchanges that are kept. Default 2000.</summary>
    public int ExchangeCapacity { get; init; } = 2_000;

    /// <summary>The most characters that kept exchanges may hold together. Default 8 million.</summary>
    public long ExchangeCharacters { get; init; } = 8_000_000;

    /// <summary>The newest conversations that are kept. Default 10000.</summary>
    public int ConversationCapacity { get; init; } = 10_000;

    /// <summary>The clock of delays, windows, token expiry and signature skew. Default the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
