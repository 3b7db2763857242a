using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Accounts;
using FlowGpt.Grains.Secrets;
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
    ISecretVault vault,
    ILogger<AccountRegistryGrain> logger
) : Grain, IAccountRegistryGrain
{
    private readonly AccountSecrets _secrets = new(vault);

    public ValueTask<ImmutableArray<string>> GetPools() =>
        new([.. source.Pools.Concat(state.State.Pools).Distinct().Order(StringComparer.Ordinal)]);

    public async ValueTask<AccountChangeResult> Add(string pool, string name, AccountChange account)
    {
        var problems = AccountChanges.Check(account with { Pool = pool });
        problems =
        [
            .. Problem("name", AccountsProblems.OfName(name)),
            .. Problem("bearerToken", account.BearerToken is null ? "is missing; paste the account's bearer token" : null),
            .. problems,
        ];
        if (problems.Length > 0)
        {
            return new AccountChangeResult.Invalid(problems);
        }

        var overlay = AccountChanges.Apply(new() { Name = name }, AccountLimits.None, account, _secrets);
        if (Clash(overlay, await Owned()) is { } conflict)
        {
            return conflict;
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

        if (AccountChanges.Check(change) is { Length: > 0 } problems)
        {
            return new AccountChangeResult.Invalid(problems);
        }

        if (configured is not null && OfConfiguration(change, kept) is { } conflict)
        {
            return conflict;
        }

        var overlay = AccountChanges.Apply(kept ?? new() { Name = name }, configured?.Limits ?? AccountLimits.None, change, _secrets);
        if (change.BearerToken is not null && Clash(overlay, [.. (await Owned()).Where(one => one.Overlay.Name != name)]) is { } clash)
        {
            return clash;
        }

        if (change.Pool is { } other && other != pool)
        {
            return await Move(overlay, pool, other);
        }

        await Remember(pool);
        await Pool(pool).PutOverlay(overlay);
        LogChanged(name, pool);
        return new AccountChangeResult.Done(pool);
    }

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
    /// In three steps that can be sent again: the other pool gets the account out of use, this one gives it up, the other one uses it.
    /// Its use goes with it, so its limits hold over the move; calls in flight could not be counted in both.
    /// </summary>
    private async ValueTask<AccountChangeResult> Move(AccountOverlay overlay, string pool, string other)
    {
        if (await Pool(pool).GetUse(overlay.Name) is not { } use)
        {
            return new AccountChangeResult.Conflict(
                "pool",
                "The account has calls in flight: drain it, wait until it has no leases, and move it then."
            );
        }

        await Remember(other);
        await Pool(other).PutOverlay(overlay with { Mode = AccountMode.Disabled });
        await Pool(pool).RemoveOverlay(overlay.Name);
        await Pool(other).PutOverlay(overlay, use);
        LogMoved(overlay.Name, pool, other);
        return new AccountChangeResult.Done(other);
    }

    private static AccountChangeResult.Conflict? OfConfiguration(AccountChange change, AccountOverlay? kept)
    {
        if (kept is { IsWhole: true })
        {
            return new(null, "An added account has the name of this configured one: DELETE it, or rename the configured one.");
        }

        var field =
            change.BearerToken is not null ? "bearerToken"
            : change.Pool is not null ? "pool"
            : change.DeviceId is not null || change.Cleared.Contains("deviceId") ? "deviceId"
            : change.Headers is not null || change.Cleared.Contains("headers") ? "headers"
            : null;
        return field is null ? null : new(field, $"The account is defined in the configuration, which owns its {field}: change it there.");
    }

    private AccountChangeResult.Conflict? Clash(AccountOverlay overlay, ImmutableArray<Owned> owned)
    {
        var configured = source.Pools.SelectMany(pool => source.For(pool).Accounts);
        foreach (var account in configured)
        {
            if (account.Name == overlay.Name)
            {
                return new("name", $"An account \"{account.Name}\" is in the configuration; choose another name.");
            }

            if (AccountOverlays.IsSame(overlay, account.TokenHash, account.UpstreamId))
            {
                return new(
                    "bearerToken",
                    $"The token belongs to the same upstream account as \"{account.Name}\" of the configuration; its limits would count twice."
                );
            }
        }

        foreach (var (pool, other) in owned)
        {
            if (other.Name == overlay.Name)
            {
                return new("name", $"Pool \"{pool}\" has an account \"{other.Name}\"; choose another name, or PATCH that one.");
            }

            if (AccountOverlays.IsSame(overlay, other.TokenHash, other.UpstreamId))
            {
                return new(
                    "bearerToken",
                    $"The token belongs to the same upstream account as \"{other.Name}\" of pool \"{pool}\"; its limits would count twice."
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
            // Nobody knows whether it took effect: the next activation reads it.
            state.State = before;
            DeactivateOnIdle();
            throw;
        }
    }

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
