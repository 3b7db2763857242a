using System.Collections.Concurrent;
using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Accounts;
using FlowGpt.Grains.Interfaces.Models;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Upstreams.FlowGpt;

/// <summary>The provider kind <c>flowgpt</c>: text only, by published prompts.</summary>
internal sealed class FlowGptKind(IServiceProvider services) : IProviderKind, IModelSearch
{
    /// <summary>The kind's name.</summary>
    public const string KindName = "flowgpt";

    /// <summary>The option of a target that names the model on which its prompt runs.</summary>
    public const string ModelOption = "upstreamModel";

    /// <summary>The model of a target that names none.</summary>
    public const string DefaultModel = "FlowGPT-Ares";

    private readonly ConcurrentDictionary<string, FlowGptModelSearch> _searches = new(StringComparer.Ordinal);

    public string Name => KindName;

    public ICredentialSchema Credential { get; } = new FlowGptCredentialSchema();

    public IReadOnlySet<string> OwnHeaders => FlowGptHeaders.Own;

    public int? DefaultContextWindow => 10_000;

    public bool LabelsReplies => true;

    public ImmutableArray<FieldProblem> Check(PoolDefinition pool) =>
        [
            .. Unused("discover", pool.Discover),
            .. Unused("headers", !pool.Headers.IsEmpty),
            .. Unused("keyHeader", pool.KeyHeader is not null),
            .. Unused("keyScheme", pool.KeyScheme is not null),
            .. Unused("query", !pool.Query.IsEmpty),
            .. Unused("paths", !pool.Paths.IsEmpty),
            .. Unused("wire", pool.Wire is not null),
            .. Unused("quirks", !pool.Quirks.IsEmpty),
        ];

    public ImmutableArray<FieldProblem> Check(Target target) =>
        [
            .. target
                .Options.Where(static option => option.Key != ModelOption || string.IsNullOrWhiteSpace(option.Value))
                .Select(static option =>
                    option.Key == ModelOption
                        ? new FieldProblem(option.Key, $"is empty; leave it out for {DefaultModel}")
                        : new(option.Key, $"is not known to pools of kind {KindName}; remove it, or use {ModelOption}")
                ),
        ];

    public string Describe(Target target) =>
        $"A bot persona on {KindName}, answered by {target.Options.GetValueOrDefault(ModelOption, DefaultModel)}; not the vendor's model of a similar name.";

    /// <remarks>Pools at the configured address share their connections.</remarks>
    public IUpstream Create(PoolDefinition pool) =>
        pool.BaseUrl is { } address
            ? ActivatorUtilities.CreateInstance<FlowGptUpstream>(services, Options.Create(Configured.At(address)))
            : services.GetRequiredService<FlowGptUpstream>();

    public Task<ModelPresence> LookAsync(PoolDefinition pool, string model, CancellationToken cancellationToken) =>
        SearchOf(pool).LookAsync(model, cancellationToken);

    public Task<ImmutableArray<FoundModel>> SearchAsync(PoolDefinition pool, string query, CancellationToken cancellationToken) =>
        SearchOf(pool).SearchAsync(pool.Name, query, cancellationToken);

    public ModelCapabilities CapabilitiesOf(PoolDefinition pool, string model) =>
        services.GetRequiredService<FlowGptUpstream>().KeepsConversations ? ModelCapabilities.KeepsConversations : ModelCapabilities.None;

    private FlowGptOptions Configured => services.GetRequiredService<IOptions<FlowGptOptions>>().Value;

    private FlowGptModelSearch SearchOf(PoolDefinition pool) =>
        _searches.GetOrAdd(
            pool.BaseUrl?.ToString() ?? Configured.BaseUrl,
            address => new(new(Configured), address, services.GetRequiredService<TimeProvider>())
        );

    private static IEnumerable<FieldProblem> Unused(string field, bool isGiven) =>
        isGiven ? [new(field, $"is not used by pools of kind {KindName}; remove it")] : [];
}
