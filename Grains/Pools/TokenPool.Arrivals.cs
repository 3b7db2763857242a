using System.Collections.Immutable;
using FlowGpt.Grains.Accounts;

namespace FlowGpt.Grains.Pools;

/// <remarks>
/// Accounts that move from pool to pool in the configuration: one that appears grants nothing until the pools that it may come from have said what it has used there. A
/// pool that still has it in force, or runs calls for it, says so, and is asked again; so it never serves in two pools, in whichever order silos read the file.
/// </remarks>
internal sealed partial class TokenPool
{
    private int _arriving;
    private bool _arrivalsAsked = true;
    private long _written;

    /// <summary>Whether accounts that appear wait for <see cref="Arrive"/>; set before the first accounts.</summary>
    public bool AwaitsArrivals { get; init; }

    /// <summary>Whether any account waits.</summary>
    public bool HasArrivals => _arriving > 0;

    /// <summary>Whether an account waits that other pools were not asked about yet, which takes a moment.</summary>
    public bool BeginsArrivals => HasArrivals && !_arrivalsAsked;

    /// <summary>The number of the latest write that succeeded, and of the write that begins next.</summary>
    public (long Latest, long Next) Writes => (_written, _sequence + 1);

    /// <summary>Has the pool written.</summary>
    public void WantWrite() => _marksChanged = true;

    /// <summary>The accounts that wait.</summary>
    public ImmutableArray<WantedAccount> Arrivals() =>
        [
            .. _accounts
                .Where(static account => account.IsArriving)
                .Select(static account => new WantedAccount(account.Name, account.Definition.TokenHash, account.Definition.UpstreamId)),
        ];

    /// <summary>What this pool knows of accounts that have appeared in another pool of the provider.</summary>
    public ImmutableArray<GivenAccount> Give(ImmutableArray<WantedAccount> wanted, string provider, DateTimeOffset now)
    {
        var given = ImmutableArray.CreateBuilder<GivenAccount>();
        var here = new AccountsByIdentity(_accounts.Where(account => account.Definition.Provider == provider));
        var gone = new AccountsByIdentity(_departed.Where(account => account.Definition.Provider == provider || account.IsRecalled));
        var stored = new StoredAccounts(_stored);
        foreach (var one in wanted)
        {
            if (here.Find(one) is { } inForce)
            {
                given.Add(new(one.Name, null, inForce.Name));
            }
            else if (gone.Find(one) is { } departed)
            {
                // Until every silo has said what it holds, calls may be in flight that are not known here.
                given.Add(new(one.Name, departed.Leases > 0 || Recovering ? null : departed.Record(now, ahead: false), departed.Name));
            }
            else if (stored.Take(one.Name, one.TokenHash, one.UpstreamId) is { } record)
            {
                given.Add(new(one.Name, Recovering ? null : record with { Sequence = 0 }, record.Name));
            }
        }

        return given.ToImmutable();
    }

    /// <summary>Another pool has what was given of accounts, and keeps it from now on.</summary>
    public void Forget(ImmutableArray<string> names)
    {
        foreach (var name in names)
        {
            _departed.RemoveAll(account => account.Name == name && account.Leases == 0);
            _stored.Remove(name);
        }

        _marksChanged = true;
    }

    /// <summary>Accounts that waited serve from now on, with what they have used elsewhere.</summary>
    /// <param name="accounts">The accounts as others were asked about them; those that do not wait, or are others by now, are passed over.</param>
    /// <param name="uses">What other pools gave, by name.</param>
    /// <param name="newValue">Makes the value of a credential field that an account's operator left out.</param>
    /// <param name="now">The present.</param>
    /// <returns>The accounts that waited.</returns>
    public ImmutableArray<string> Arrive(
        IEnumerable<WantedAccount> accounts,
        ILookup<string, AccountRecord> uses,
        Func<AccountDefinition, string, string> newValue,
        DateTimeOffset now
    )
    {
        var arrived = ImmutableArray.CreateBuilder<string>();
        foreach (var one in accounts)
        {
            if (_byName.GetValueOrDefault(one.Name) is not { IsArriving: true } account || account.Definition.TokenHash != one.TokenHash)
            {
                continue;
            }

            foreach (var use in uses[one.Name])
            {
                account.TakeAlong(use, now);
                _marksChanged = true;
            }

            account.UnusedSince = default;
            _arriving--;
            _marksChanged |= account.Generate(newValue);
            _index.Touch(account);
            arrived.Add(one.Name);
        }

        if (arrived.Count > 0)
        {
            Serve(now);
        }

        return arrived.ToImmutable();
    }

    /// <summary>Whether an account has limits, so that it must not serve before what it has used is known.</summary>
    public bool IsLimited(string name) =>
        _byName.GetValueOrDefault(name) is { } account && (account.Meter.HasLimits || account.Definition.Limits.MaxConcurrent is not null);

    /// <summary>Every other pool was asked about the accounts that wait.</summary>
    public void ArrivalsAsked(DateTimeOffset now)
    {
        _arrivalsAsked = true;
        EndDelaysByPool(now);
    }

    /// <summary>Those that nothing was known of before begin to wait, and those that left are noted as gone.</summary>
    private void NoteArrivals(DateTimeOffset now)
    {
        var before = _arriving;
        _arriving = 0;
        foreach (var account in _accounts)
        {
            _arriving += account.IsArriving ? 1 : 0;
        }

        _arrivalsAsked &= _arriving <= before;

        foreach (var account in _departed)
        {
            account.UnusedSince = account.UnusedSince == default ? now : account.UnusedSince;
        }
    }

    /// <summary>An account that is stored and no longer configured, as one that has left: calls that are in flight for it still count.</summary>
    private PoolAccount? Recall(string name, DateTimeOffset now)
    {
        if (!_stored.Remove(name, out var record))
        {
            return null;
        }

        var definition = new AccountDefinition
        {
            Name = name,
            Fields = ImmutableDictionary<string, string>.Empty,
            TokenHash = record.TokenHash,
            UpstreamId = record.UpstreamId,
            Enabled = false,
            Limits = record.Unlimited(),
        };
        var account = new PoolAccount(definition, _options, Calendar) { IsRecalled = true };
        account.Restore(record, now);
        account.UnusedSince = record.UnusedSince == default ? now : record.UnusedSince;
        _departed.Add(account);
        return account;
    }
}
