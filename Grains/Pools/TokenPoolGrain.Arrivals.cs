using System.Collections.Immutable;
using FlowGpt.Grains.Accounts;

namespace FlowGpt.Grains.Pools;

/// <remarks>Asks the other pools of the provider for what accounts have used there that have appeared here, and answers their questions.</remarks>
internal sealed partial class TokenPoolGrain
{
    private static readonly TimeSpan ArrivalPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan GiveTimeout = TimeSpan.FromSeconds(5);

    /// <summary>So long an account without limits waits for a pool that does not answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private Task _arrivals = Task.CompletedTask;
    private TaskCompletionSource _arrivalsNew = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _enteredAs;

    public async ValueTask<ImmutableArray<GivenAccount>> Give(ImmutableArray<WantedAccount> wanted, string provider)
    {
        ReadAccounts(Now);
        if (_pool.Give(wanted, provider, Now).All(static one => one.Use is null))
        {
            return _pool.Give(wanted, provider, Now);
        }

        // That they have left must outlive this activation: the next one would else go on with them if they came back.
        var isWritten = await IsWritten();
        var given = _pool.Give(wanted, provider, Now);
        return isWritten ? given : [.. given.Select(static one => one with { Use = null })];
    }

    public ValueTask Forget(ImmutableArray<string> names)
    {
        _pool.Forget(names);
        Settled(Now);
        return default;
    }

    private void FollowArrivals()
    {
        _arrivalsNew.TrySetResult();
        if (_arrivals.IsCompleted && !_deactivated && (_pool.HasArrivals || _enteredAs != Provider))
        {
            _arrivals = AskForArrivals();
        }
    }

    private string Provider => _source.PoolOf(_name).Provider;

    private async Task AskForArrivals()
    {
        var began = _time.GetTimestamp();
        for (var round = 0; !_deactivated && !_fenced && (_pool.HasArrivals || _enteredAs != Provider); round++)
        {
            if (round == 3)
            {
                LogArrivalsWait(_name, _pool.Arrivals().Length);
            }

            if (round > 0)
            {
                _arrivalsNew = new(TaskCreationOptions.RunContinuationsAsynchronously);
                await Task.WhenAny(Task.Delay(ArrivalPause, _time), _arrivalsNew.Task, _left.Task);
            }

            await TryArrive(isPatient: _time.GetElapsedTime(began) < Patience);
        }
    }

    private async Task TryArrive(bool isPatient)
    {
        var (wanted, provider) = (_pool.Arrivals(), Provider);
        var others = await TryEnter(provider);
        var answers = others is { } known ? await Task.WhenAll(known.Select(other => TryGive(other, wanted, provider))) : [];
        if (_deactivated || _fenced)
        {
            return;
        }

        var isWhole = others is not null && Array.TrueForAll(answers, static one => !one.Given.IsDefault);
        var given = answers
            .Where(static one => !one.Given.IsDefault)
            .SelectMany(one => one.Given.Select(account => (one.Pool, Account: account)));
        var waiting = given
            .Where(static one => one.Account.Use is null)
            .Select(static one => one.Account.Name)
            .ToHashSet(StringComparer.Ordinal);
        var uses = given.Where(one => one.Account.Use is not null && !waiting.Contains(one.Account.Name)).ToArray();
        var ready = wanted.Where(one => !waiting.Contains(one.Name) && (isWhole || (!isPatient && !_pool.IsLimited(one.Name))));
        var now = Now;
        var schema = _kinds.Find(_source.PoolOf(_name).Definition.Kind)?.Credential;
        var arrived = _pool.Arrive(
            ready,
            uses.ToLookup(static one => one.Account.Name, static one => one.Account.Use!, StringComparer.Ordinal),
            (_, field) => schema?.Generate(field) ?? "",
            now
        );
        _pool.ArrivalsAsked(now);
        Settled(now);
        var moved = uses.Where(one => arrived.Contains(one.Account.Name)).ToArray();
        foreach (var one in moved)
        {
            LogArrived(one.Account.Name, one.Pool, _name);
        }

        if (moved.Length > 0 && await IsWritten())
        {
            await Task.WhenAll(
                moved
                    .GroupBy(static one => one.Pool)
                    .Select(pool => TryForget(pool.Key, [.. pool.Select(static one => one.Account.KnownAs)]))
            );
        }
    }

    /// <summary>The other pools of the provider; null when that cannot be known now.</summary>
    private async Task<ImmutableArray<string>?> TryEnter(string provider)
    {
        try
        {
            var entered = await GrainFactory.GetGrain<IPoolDirectoryGrain>(IPoolDirectoryGrain.Key).Enter(_name, provider);
            _enteredAs = provider;
            // Pools of an earlier version of this product have not entered.
            return [.. entered.Union(_source.Pools.Where(pool => pool != _name && _source.PoolOf(pool).Provider == provider))];
        }
#pragma warning disable CA1031 // Any exception of storage or of a silo in trouble: it is asked again.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogNotAsked(exception, _name);
            return null;
        }
    }

    private async Task<(string Pool, ImmutableArray<GivenAccount> Given)> TryGive(
        string pool,
        ImmutableArray<WantedAccount> wanted,
        string provider
    )
    {
        if (wanted.IsEmpty)
        {
            return (pool, []);
        }

        try
        {
            return (
                pool,
                await GrainFactory.GetGrain<IPoolAccountsGrain>(pool).Give(wanted, provider).AsTask().WaitAsync(GiveTimeout, _time)
            );
        }
#pragma warning disable CA1031 // Any exception of a call to a silo in trouble: the pool is asked again.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogNotAsked(exception, _name);
            return (pool, default);
        }
    }

    private async Task TryForget(string pool, ImmutableArray<string> names)
    {
        try
        {
            await GrainFactory.GetGrain<IPoolAccountsGrain>(pool).Forget(names);
        }
#pragma warning disable CA1031 // What stays there counts twice if the account moves back.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogNotAsked(exception, _name);
        }
    }

    /// <summary>Whether a write that begins from now on has succeeded.</summary>
    private async Task<bool> IsWritten()
    {
        var number = _pool.Writes.Next;
        for (var attempt = 0; attempt < 10 && !_deactivated && !_fenced; attempt++)
        {
            _pool.WantWrite();
            WriteIfWanted(Now);
            await _write;
            if (_pool.Writes.Latest >= number)
            {
                return true;
            }

            await Task.Delay(FirstPause, _time);
        }

        return false;
    }
}
