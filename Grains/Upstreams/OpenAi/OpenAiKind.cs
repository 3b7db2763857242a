using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using FlowGpt.Grains.Interfaces.Accounts;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Secrets;
using FlowGpt.Grains.Upstreams.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>
/// Servers that speak OpenAI's Chat Completions or Responses: OpenAI, Azure, OpenRouter, DeepSeek, Groq, Mistral, vLLM, llama.cpp, Ollama and many others. In what they differ is
/// a pool's options.
/// </summary>
internal sealed class OpenAiKind(
    IOptions<OpenAiOptions> options,
    TimeProvider time,
    ILogger<OpenAiUpstream> logger,
    OpenAiInstruments instruments,
    ISecretVault vault
) : IProviderKind
{
    private readonly ReasoningSeal _seal = new(vault);
    private readonly ConditionalWeakTable<PoolDefinition, ServerWire> _wires = [];

    /// <inheritdoc />
    public string Name => "openai";

    /// <inheritdoc />
    public ICredentialSchema Credential { get; } = new OpenAiCredentialSchema();

    /// <inheritdoc />
    public ImmutableArray<FieldProblem> Check(PoolDefinition pool) => [.. OpenAiPoolRules.Problems(pool)];

    /// <inheritdoc />
    public ImmutableArray<FieldProblem> Check(Target target) => [.. OpenAiPoolRules.Problems(target)];

    /// <inheritdoc />
    public IUpstream Create(PoolDefinition pool) =>
        new OpenAiUpstream(
            new OpenAiPool(pool, _wires.GetOrCreateValue(pool)),
            new CallLimits(options.Value),
            time,
            logger,
            instruments,
            _seal
        );

    /// <inheritdoc />
    public ModelCapabilities CapabilitiesOf(PoolDefinition pool, string model) => OpenAiCapabilities.Of(pool, model);

    /// <inheritdoc />
    public string? RunsToolsOf(PoolDefinition pool)
    {
        var isFound = pool.Wire == OpenAiPool.AutoWire && _wires.TryGetValue(pool, out var wire) && wire.SpeaksResponses == true;
        return isFound || pool.Wire == OpenAiPool.ResponsesWire ? DialectNames.OpenAiResponses : null;
    }

    /// <inheritdoc />
    public async Task<ImmutableArray<DiscoveredModel>> DiscoverAsync(
        PoolDefinition pool,
        UpstreamCredential credential,
        CancellationToken cancellationToken
    )
    {
        using var upstream = new OpenAiUpstream(new OpenAiPool(pool), new CallLimits(options.Value), time, logger, instruments, _seal);
        return await upstream.ListModelsAsync(credential, cancellationToken);
    }
}
