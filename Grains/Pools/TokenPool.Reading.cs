using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Pools.Health;
using FlowGpt.Grains.Reservations;

namespace FlowGpt.Grains.Pools;

internal sealed partial class TokenPool
{
    private const int Fingerprint = 8;

    /// <summary>The state of every account. No secrets.</summary>
    public PoolSnapshot Snapshot(DateTimeOffset now)
    {
        var accounts = ImmutableArray.CreateBuilder<AccountSnapshot>(_accounts.Length);
        foreach (var account in _accounts)
        {
            accounts.Add(Snapshot(account, now));
        }

        return new(Name, now, _strategy.Name, _breaker.State != BreakerState.Closed, _queue.Count, accounts.MoveToImmutable());
    }

    private static AccountSnapshot Snapshot(PoolAccount account, DateTimeOffset now)
    {
        var windows = ImmutableArray.CreateBuilder<WindowSnapshot>(account.Meter.Windows.Length);
        foreach (var window in account.Meter.Windows)
        {
            var used = account.Meter.Used(window, now);
            var excess = used + 1 - window.Limit;
            var freeAt = excess > 0 ? window.FreeAt(excess) ?? now + window.Kind.Length() : now;
            windows.Add(new(window.Kind.FieldName(), window.Limit, used, freeAt - now));
        }

        return new(
            account.Name,
            account.State(now),
            account.Health.WholeAgainAt > now ? account.Health.WholeAgainAt : null,
            account.Health.LastFailure,
            account.Definition.TokenExpires,
            account.Definition.Weight,
            account.Leases,
            account.Definition.Limits.MaxConcurrent,
            windows.MoveToImmutable()
        )
        {
            Origin = account.Definition.Origin,
            Overridden = account.Definition.Overridden,
            TokenFingerprint = account.Definition.TokenHash is { Length: > Fingerprint } hash ? hash[..Fingerprint] : "",
            CoolingDownFor = account.Health.CoolingDownFor(now),
            Failures = account.Health.Latest(),
            Marks = account.Health.Marks.Read(),
        };
    }
}
