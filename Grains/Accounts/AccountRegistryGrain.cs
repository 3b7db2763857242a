using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Accounts;
using FlowGpt.Grains.Secrets;
using FlowGpt.Grains.Upstreams;
using Microsoft.Extensions.Logging;
using Owned = (string Pool, FlowGpt.Grains.Accounts.AccountOverlay Overlay);

namespace FlowGpt.Grains.Accounts;

/// <summary>
/// Checks changes against all accounts there are and hands them to the pools, which keep them. Not reentrant, so that two changes never
/// pass the check side by side. No request needs it: pools work without.
/// </summary>
[GrainType("account-registry")]
internal sealed partial class AccountRegistryGrain(
    [PersistentState("registry", "Default")] IPersistentState<AccountRegistryState> state,
    IAccountSource source,
    ProviderKinds kinds,
    ISecretVault vault,
    ILogger<AccountRegistryGrain> logger
) : Grain, IAccountRegistryGrain
{
    /// <summary>How long a move waits for the account's calls to end; less than an operator's request may take.</summary>
    private static readonly TimeSpan DrainedWithin = TimeSpan.FromSeconds(8);

    private readonly AccountSecrets _secrets = new(vault);

    public ValueTask<ImmutableArray<string>> GetPools() =>
        new([.. source.Pools.Concat(state.State.Pools).Distinct().Order(StringComparer.Ordinal)]);

    public async ValueTask<AccountChangeResult> Add(string pool, string name, AccountChange account)
    {
        if (KindOf(pool) is not { } kind)
        {
            return NoKind(pool);
        }

        ImmutableArray<FieldProblem> problems =
        [
            .. Problem("name", AccountsProblems.OfName(name)),
            .. AccountChanges.Check(account with { Pool = pool }, kind, isNew: true),
        ];
        if (problems.Length > 0)
        {
            return new AccountChangeResult.Invalid(problems);
        }

        var overlay = AccountChanges.Apply(new() { Name = name }, source.PoolOf(pool).Limits, account, kind.Credential, _secrets);
        if (Clash(overlay, pool, await Owned()) is { } conflict)
        {
            return conflict;
        }

        if (!await Pool(pool).HasRoom(overlay))
        {
            return NoRoom(pool);
        }

        await Remember(pool);
        await Pool(pool).PutOverlay(overlay);
        LogAdded(name, pool);
        return new AccountChangeResult.Done(pool);
    }

    public async ValueTask<AccountChangeResult> Change(string pool, string name, AccountChange change)
    {
        var configured = Configured(pool, name);
        var overlays = await Pool(pool).GetOverlays();
        var kept = overlays.FirstOrDefault(one => one.Name == name);
        if (configured is null && kept is not { IsWhole: true })
        {
            return new AccountChangeResult.NotFound();
        }

        if (KindOf(pool) is not { } kind)
        {
            return NoKind(pool);
        }

        // What cannot be read any more must be given as a whole.
        var isNew = !change.Fields.IsEmpty && kept is { IsWhole: true } && _secrets.RevealFields(kept) is null;
        if (AccountChanges.Check(change, kind, isNew) is { Length: > 0 } problems)
        {
            return new AccountChangeResult.Invalid(problems);
        }

        if (configured is not null && OfConfiguration(change, kept, kind.Credential) is { } conflict)
        {
            return conflict;
        }

        if (change.Pool is { } next && source.PoolOf(next).Provider != source.PoolOf(pool).Provider)
        {
            return new AccountChangeResult.Conflict(
                "pool",
                $"Pool \"{next}\" has another provider, and a credential is only sent to the provider that it was given for: add the account there."
            );
        }

        var limits = configured?.Limits ?? source.PoolOf(pool).Limits;
        var overlay = AccountChanges.Apply(kept ?? new() { Name = name }, limits, change, kind.Credential, _secrets);
        if (!change.Fields.IsEmpty && Clash(overlay, pool, [.. (await Owned()).Where(one => one.Overlay.Name != name)]) is { } clash)
        {
            return clash;
        }

        if (!await Pool(change.Pool ?? pool).HasRoom(overlay))
        {
            return NoRoom(change.Pool ?? pool);
        }

        if (change.Pool is { } other && other != pool)
        {
            return await Move(overlay, kept!, pool, other);
        }

        try
        {
            await Remember(pool);
        }
        catch (Exception) when (!overlay.IsWhole && overlay.OnlyTakesOutOfUse(kept ?? new() { Name = name }))
        {
            // The list of pools is for finding added accounts; that this one is out of use must not wait for the storage.
        }

        await Pool(pool).PutOverlay(overlay);
        LogChanged(name, pool);
        return new AccountChangeResult.Done(pool);
    }

    private static AccountChangeResult.Conflict NoRoom(string pool) =>
        new(
            null,
            $"What is added to pool \"{pool}\" and changed in it fills its record of 1 MiB. Put accounts into the accounts file or another pool, or remove some."
        );

    public async ValueTask<AccountChangeResult> Remove(string pool, string name)
    {
        var overlays = await Pool(pool).GetOverlays();
        if (overlays.Any(one => one.IsWhole && one.Name == name))
        {
            await Pool(pool).RemoveOverlay(name);
            LogRemoved(name, pool);
            return new AccountChangeResult.Done(pool);
        }

        return Configured(pool, name) is null
            ? new AccountChangeResult.NotFound()
            : new AccountChangeResult.Conflict(
                null,
                "The account is defined in the configuration: remove it from there, or disable it here."
            );
    }

    /// <summary>
    /// In steps that can be sent again: this pool grants the account no more and its calls end, the other pool gets the account out of use, this pool gives it up, the other
    /// pool uses it. All its counted use moves with it, so its limits hold over the move; calls in flight could not be counted in both.
    /// </summary>
    private async ValueTask<AccountChangeResult> Move(AccountOverlay overlay, AccountOverlay kept, string pool, string other)
    {
        if (kept.Mode != AccountMode.Disabled)
        {
            await Pool(pool).PutOverlay(kept with { Mode = AccountMode.Draining });
        }

        if (await Pool(pool).AwaitUse(overlay.Name, DrainedWithin) is not { } use)
        {
            await Pool(pool).PutOverlay(kept);
            return new AccountChangeResult.Conflict(
                "pool",
                "The account has calls in flight: drain it, wait until it has no leases, and move it then."
            );
        }

        await Remember(other);
        await Pool(other).PutOverlay(overlay with { Mode = AccountMode.Disabled });
        await Pool(pool).RemoveOverlay(overlay.Name);
        await Pool(other).PutOverlay(overlay, use);
        await Pool(pool).Forget([overlay.Name]);
        LogMoved(overlay.Name, pool, other);
        return new AccountChangeResult.Done(other);
    }

    private static AccountChangeResult.Conflict? OfConfiguration(AccountChange change, AccountOverlay? kept, ICredentialSchema schema)
    {
        if (kept is { IsWhole: true })
        {
            return new(null, "An added account has the name of this configured one: DELETE it, or rename the configured one.");
        }

        var field =
            schema.Fields.FirstOrDefault(one => change.Fields.ContainsKey(one.Name) || change.Cleared.Contains(one.Name)) is { } credential
                ? credential.Name
            : change.Pool is not null ? "pool"
            : change.Headers is not null || change.Cleared.Contains("headers") ? "headers"
            : null;
        return field is null ? null : new(field, $"The account is defined in the configuration, which owns its {field}: change it there.");
    }

    private AccountChangeResult.Conflict? Clash(AccountOverlay overlay, string pool, ImmutableArray<Owned> owned)
    {
        var (provider, secret) = (source.PoolOf(pool).Provider, AccountDefinitions.SecretOf(KindOf(pool)?.Credential));
        var configured = source.Pools.SelectMany(one => source.For(one).Accounts);
        foreach (var account in configured)
        {
            if (account.Name == overlay.Name)
            {
                return new("name", $"An account \"{account.Name}\" is in the configuration; choose another name.");
            }

            if (account.Provider == provider && AccountOverlays.IsSame(overlay, account.TokenHash, account.UpstreamId))
            {
                return new(
                    secret,
                    $"The credential belongs to the same upstream account as \"{account.Name}\" of the configuration; its limits would count twice."
                );
            }
        }

        foreach (var (place, other) in owned)
        {
            if (other.Name == overlay.Name)
            {
                return new("name", $"Pool \"{place}\" has an account \"{other.Name}\"; choose another name, or PATCH that one.");
            }

            if (source.PoolOf(place).Provider == provider && AccountOverlays.IsSame(overlay, other.TokenHash, other.UpstreamId))
            {
                return new(
                    secret,
                    $"The credential belongs to the same upstream account as \"{other.Name}\" of pool \"{place}\"; its limits would count twice."
                );
            }
        }

        return null;
    }

    private async Task<ImmutableArray<Owned>> Owned()
    {
        var owned = ImmutableArray.CreateBuilder<Owned>();
        foreach (var pool in state.State.Pools)
        {
            owned.AddRange((await Pool(pool).GetOverlays()).Where(static one => one.IsWhole).Select(one => (pool, one)));
        }

        return owned.ToImmutable();
    }

    /// <summary>Before a pool is given anything: what it has must be found again.</summary>
    private async Task Remember(string pool)
    {
        if (state.State.Pools.Contains(pool))
        {
            return;
        }

        var before = state.State;
        try
        {
            state.State = before with { Pools = before.Pools.Add(pool) };
            await state.WriteStateAsync();
        }
        catch
        {
            // It is not known whether the write took effect: the next activation reads what is stored.
            state.State = before;
            DeactivateOnIdle();
            throw;
        }
    }

    private IProviderKind? KindOf(string pool) => kinds.Find(source.PoolOf(pool).Definition.Kind);

    private AccountChangeResult.Conflict NoKind(string pool) =>
        new("pool", $"Pool \"{pool}\" is of a provider kind that is not there; kinds: {kinds.Names}.");

    private AccountDefinition? Configured(string pool, string name) => source.For(pool).Accounts.FirstOrDefault(one => one.Name == name);

    private IPoolAccountsGrain Pool(string pool) => GrainFactory.GetGrain<IPoolAccountsGrain>(pool);

    private static IEnumerable<FieldProblem> Problem(string field, string? problem) => problem is null ? [] : [new(field, problem)];

    [LoggerMessage(EventId = 2210, Level = LogLevel.Information, Message = "Account {Account} was added to pool {Pool}")]
    private partial void LogAdded(string account, string pool);

    [LoggerMessage(EventId = 2211, Level = LogLevel.Information, Message = "Account {Account} of pool {Pool} was changed")]
    private partial void LogChanged(string account, string pool);

    [LoggerMessage(EventId = 2212, Level = LogLevel.Information, Message = "Account {Account} was removed from pool {Pool}")]
    private partial void LogRemoved(string account, string pool);

    [LoggerMessage(EventId = 2213, Level = LogLevel.Information, Message = "Account {Account} moved from pool {Pool} to pool {Other}")]
    private partial void LogMoved(string account, string pool, string other);
}
