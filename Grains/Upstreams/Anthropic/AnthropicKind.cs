using System.Collections.Frozen;
using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Accounts;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Secrets;
using FlowGpt.Grains.Upstreams.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Upstreams.Anthropic;

/// <summary>Servers that speak Anthropic Messages.</summary>
internal sealed class AnthropicKind(
    IOptions<AnthropicOptions> options,
    TimeProvider time,
    ILogger<AnthropicUpstream> logger,
    AnthropicInstruments instruments,
    ISecretVault vault
) : IProviderKind
{
    /// <summary>A target's option: the output limit of calls that have none, which this provider must have.</summary>
    public const string MaxTokensOption = "maxTokens";

    private const int Window = 200_000;

    private readonly ReasoningSeal _seal = new(vault);

    /// <inheritdoc />
    public string Name => "anthropic";

    /// <inheritdoc />
    public ICredentialSchema Credential { get; } = new AnthropicCredentialSchema();

    /// <inheritdoc />
    public IReadOnlySet<string> OwnHeaders { get; } =
        FrozenSet.Create(StringComparer.OrdinalIgnoreCase, AnthropicPool.KeyHeader, AnthropicPool.VersionHeader);

    /// <inheritdoc />
    public int? DefaultContextWindow => Window;

    /// <inheritdoc />
    public int? DefaultOutputLimit(PoolDefinition pool, Target target) =>
        AnthropicPoolRules.MaxTokens(target.Options.GetValueOrDefault(MaxTokensOption)) ?? options.Value.DefaultMaxTokens;

    /// <inheritdoc />
    public ImmutableArray<FieldProblem> Check(PoolDefinition pool) => [.. AnthropicPoolRules.Problems(pool, OwnHeaders)];

    /// <inheritdoc />
    public ImmutableArray<FieldProblem> Check(Target target) => [.. AnthropicPoolRules.Problems(target)];

    /// <inheritdoc />
    public IUpstream Create(PoolDefinition pool) => Make(pool);

    /// <inheritdoc />
    public string? RunsToolsOf(PoolDefinition pool) => DialectNames.AnthropicMessages;

    /// <inheritdoc />
    public ModelCapabilities CapabilitiesOf(PoolDefinition pool, string model) => AnthropicQuirks.CapabilitiesWithout(pool.Quirks);

    /// <inheritdoc />
    public async Task<ImmutableArray<DiscoveredModel>> DiscoverAsync(
        PoolDefinition pool,
        UpstreamCredential credential,
        CancellationToken cancellationToken
    )
    {
        using var upstream = Make(pool);
        return await upstream.ListModelsAsync(credential, cancellationToken);
    }

    private AnthropicUpstream Make(PoolDefinition pool) =>
        new(new AnthropicPool(pool), new CallLimits(options.Value), options.Value.DefaultMaxTokens, time, logger, instruments, _seal);
}
