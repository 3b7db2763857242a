using FlowGpt.Grains.Interfaces.Keys;
using Microsoft.AspNetCore.Http.Features;

namespace FlowGpt.ApiFrontend.Security;

/// <summary>Who calls.</summary>
/// <param name="KeyId">The key's id: an opaque name that may appear in logs, metrics and grain keys, never the key itself.</param>
public sealed record ClientIdentity(string KeyId)
{
    /// <summary>What the key may do; null for the master key, which may do everything.</summary>
    internal ApiKeyAccess? Access { get; init; }

    /// <summary>The key's limits; null when it has none.</summary>
    internal ApiKeyTerms? Terms => Access is { Limits.AreNone: false } access ? new(access.Limits, access.Version) : null;

    /// <summary>The caller of a request to a route that asks for a client.</summary>
    internal static ClientIdentity Of(HttpContext context) => context.Features.GetRequiredFeature<ClientIdentity>();

    /// <summary>Whether the key may use a model: its name and every pool that may serve it.</summary>
    public bool MayUse(Route model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Access is not { } access
            || (Allows(access.AllowedModels, model.Id) && model.Targets.All(target => Allows(access.AllowedPools, target.Pool)));
    }

    private static bool Allows(ReadOnlySpan<string> names, string name) => names.IsEmpty || names.Contains(name);

    private static bool Allows(System.Collections.Immutable.ImmutableArray<string> names, string name) =>
        names.IsDefaultOrEmpty || Allows(names.AsSpan(), name);
}
