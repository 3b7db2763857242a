using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Accounts;

namespace FlowGpt.Grains.Accounts;

/// <summary>How configured accounts and what the cluster keeps of them go together.</summary>
internal static class AccountOverlays
{
    /// <summary>
    /// The accounts in force. A configured account always is, with its own token; an added account of the same upstream account is then not in force, since limits hold per
    /// upstream account and would otherwise count twice.
    /// </summary>
    /// <param name="configured">The pool's configured accounts.</param>
    /// <param name="everyConfigured">Those of all pools, these included.</param>
    /// <param name="overlays">What the cluster keeps of the pool's accounts; names are unique.</param>
    /// <param name="provider">The pool's <see cref="AccountDefinition.Provider"/>.</param>
    /// <param name="reveal">The account of an overlay that is whole, with its secrets and the pool's default limits.</param>
    public static OverlaidAccounts Merge(
        ImmutableArray<AccountDefinition> configured,
        ImmutableArray<AccountDefinition> everyConfigured,
        ImmutableArray<AccountOverlay> overlays,
        string provider,
        Func<AccountOverlay, AccountDefinition> reveal
    )
    {
        var accounts = ImmutableArray.CreateBuilder<AccountDefinition>(configured.Length + overlays.Length);
        var hidden = ImmutableArray.CreateBuilder<HiddenAccount>();
        var changes = overlays.Where(static one => !one.IsWhole).ToDictionary(static one => one.Name, StringComparer.Ordinal);
        foreach (var account in configured)
        {
            accounts.Add(changes.TryGetValue(account.Name, out var change) ? Apply(change, account) : account);
        }

        foreach (var overlay in overlays.Where(static one => one.IsWhole))
        {
            if (Clash(overlay, provider, everyConfigured) is { } problem)
            {
                hidden.Add(new(overlay.Name, problem));
            }
            else
            {
                accounts.Add(Apply(overlay, reveal(overlay)) with { Origin = AccountOrigin.Api, Provider = provider, Overridden = false });
            }
        }

        return new(accounts.ToImmutable(), hidden.ToImmutable());
    }

    /// <summary>Why an added account cannot be in force beside the configured accounts; null when it can.</summary>
    public static string? Clash(AccountOverlay overlay, string provider, ImmutableArray<AccountDefinition> everyConfigured)
    {
        foreach (var account in everyConfigured)
        {
            if (account.Name == overlay.Name)
            {
                return $"\"{account.Name}\" is the name of an account in the configuration; remove one of them or give it another name";
            }

            if (account.Provider == provider && IsSame(overlay, account.TokenHash, account.UpstreamId))
            {
                return $"belongs to the same upstream account as \"{account.Name}\" of the configuration; remove one of them, or its limits would count twice";
            }
        }

        return null;
    }

    /// <summary>Whether an overlay is of that account of its provider.</summary>
    public static bool IsSame(AccountOverlay overlay, string? tokenHash, string? upstreamId) =>
        (overlay.TokenHash is { } hash && hash == tokenHash) || (overlay.UpstreamId is { } id && id == upstreamId);

    private static AccountDefinition Apply(AccountOverlay overlay, AccountDefinition account) =>
        account with
        {
            Enabled = overlay.Mode is { } mode ? mode != AccountMode.Disabled : account.Enabled,
            Draining = overlay.Mode == AccountMode.Draining,
            Weight = overlay.Weight ?? account.Weight,
            Limits = overlay.Limits ?? account.Limits,
            Overridden = !overlay.IsEmpty,
        };
}
