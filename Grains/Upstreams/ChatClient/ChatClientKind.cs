using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Accounts;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace FlowGpt.Grains.Upstreams.ChatClient;

/// <summary>
/// The provider kind <c>chat-client</c>: any <see cref="IChatClient"/> that the program registers from code under the pool's name as its service key. Its accounts
/// need one field, <c>apiKey</c>, which the client may ignore.
/// </summary>
internal sealed class ChatClientKind(IServiceProvider services) : IProviderKind, ICredentialSchema
{
    public string Name => "chat-client";

    public ICredentialSchema Credential => this;

    public ImmutableArray<CredentialField> Fields { get; } = [new("apiKey", IsSecret: true, IsRequired: true)];

    public ImmutableArray<FieldProblem> Check(PoolDefinition pool) =>
        services.GetKeyedService<IChatClient>(pool.Name) is null
            ?
            [
                new(
                    "kind",
                    $"is chat-client, but the program registers no IChatClient under the key \"{pool.Name}\"; register one from code"
                ),
            ]
            : [];

    public IUpstream Create(PoolDefinition pool) => new ChatClientUpstream(services.GetRequiredKeyedService<IChatClient>(pool.Name));

    public ModelCapabilities CapabilitiesOf(PoolDefinition pool, string model) =>
        ModelCapabilities.Tools
        | ModelCapabilities.JsonObject
        | ModelCapabilities.JsonSchema
        | ModelCapabilities.Images
        | ModelCapabilities.Files
        | ModelCapabilities.Audio
        | ModelCapabilities.Sampling;

    public string Clean(string field, string value) => value.Trim();

    public string? ProblemOf(string field, string value) => null;

    public CredentialFacts Read(IReadOnlyDictionary<string, string> fields) => default;
}
