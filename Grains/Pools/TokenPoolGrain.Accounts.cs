using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Pools;

/// <remarks>
/// The accounts that the cluster owns are a separate record: it changes seldom, and the pool's other record often. A change is in
/// force as soon as it is stored, since there is one pool in the cluster.
/// </remarks>
internal sealed partial class TokenPoolGrain : IPoolAccountsGrain
{
    private const int MostTold = 200;
    private static readonly TimeSpan UnsealEvery = TimeSpan.FromSeconds(10);

    /// <summary>Less than a call of a grain may take.</summary>
    private static readonly TimeSpan LongestDrain = TimeSpan.FromSeconds(20);

    private readonly List<(string Account, TaskCompletionSource Drained)> _draining = [];
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _accountsVersion = -1;
    private ConfiguredPool? _configured;
    private bool _overlaysChanged = true;
    private DateTimeOffset _unsealAt = DateTimeOffset.MaxValue;

    public ValueTask<AccountRecord?> GetUse(string name) => new(_pool.Export(name, Now));

    public async ValueTask<AccountRecord?> AwaitUse(string name, TimeSpan maxWait)
    {
        if (_pool.Export(name, Now) is { } use)
        {
            return use;
        }

        if (!_pool.Has(name) || maxWait <= TimeSpan.Zero)
        {
            return null;
        }

        var drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _draining.Add((name, drained));
        await drained
            .Task.WaitAsync(maxWait < LongestDrain ? maxWait : LongestDrain, _time, CancellationToken.None)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _draining.Remove((name, drained));
        return _pool.Export(name, Now);
    }

    /// <summary>Wakes callers that wait for an account whose calls have ended.</summary>
    private void ReleaseDrained()
    {
        foreach (var (name, drained) in _draining)
        {
            if (!_pool.HasCalls(name))
            {
                drained.TrySetResult();
            }
        }
    }

    public ValueTask<UpstreamCredential?> GetReadyCredential() =>
        new(_pool.ReadyCredential(Now) is { } credential ? _seal.Seal(credential) : null);

    private void Follow(DateTimeOffset now)
    {
        _overlaysChanged = true;
        ReadAccounts(now);
        Settled(now);
    }

    /// <summary>Takes over what the configuration says as soon as it has changed; what is missed here is read with the next tick.</summary>
    private async Task FollowSource()
    {
        while (!_deactivated)
        {
            var changed = _source.Changed;
            if (_source.For(_name).Version != _accountsVersion)
            {
                Follow(Now);
            }

            await Task.WhenAny(changed, _left.Task);
        }
    }

    private void ReadAccounts(DateTimeOffset now)
    {
        var set = _source.For(_name);
        var pool = _source.PoolOf(_name);
        if (set.Version != _accountsVersion || IsOther(pool) || _overlaysChanged || now >= _unsealAt)
        {
            (_accountsVersion, _configured, _overlaysChanged) = (set.Version, pool, false);
            var schema = _kinds.Find(pool.Definition.Kind)?.Credential;
            var overlays = Overlays;
            var merged = AccountOverlays.Merge(
                set.Accounts,
                overlays.Any(static one => one.IsWhole) ? [.. _source.Pools.SelectMany(one => _source.For(one).Accounts)] : set.Accounts,
                overlays,
                pool.Provider,
                overlay => _secrets.Reveal(overlay, schema) with { Pool = _name, Limits = pool.Limits }
            );
            // These accounts are of this pool, also where their source names another pool. An unchanged definition stays the same object.
            var accounts = merged.Accounts.Select(account => account.Pool == _name ? account : account with { Pool = _name });
            _pool.SetAccounts(new(set.Version, [.. accounts]), (_, field) => schema?.Generate(field) ?? "", now);
            FollowArrivals();
            _hidden = merged.Hidden.AddRange(set.Bad);
            LogAccounts(_name, merged.Accounts.Length, set.Version);
            TellOfTrouble(merged);
            _unsealAt = merged.Accounts.Any(static account => account.Sealed) ? now + UnsealEvery : DateTimeOffset.MaxValue;
        }

        WarnOfExpiry(now);
    }

    private bool IsOther(ConfiguredPool pool) => !ReferenceEquals(pool, _configured) && _configured?.IsSameAs(pool) != true;

    private void TellOfTrouble(OverlaidAccounts merged)
    {
        var trouble = merged
            .Accounts.Where(static account => account.Sealed)
            .Select(static account => (account.Name, "its stored credential cannot be read; see docs/operations.md, \"Secrets\""))
            .Concat(_hidden.Take(MostTold).Select(static one => (one.Name, one.Problem)))
            .ToHashSet();
        foreach (var (name, problem) in trouble.Where(one => !_told.Contains(one)))
        {
            LogOutOfForce(_name, name, problem);
        }

        _told = trouble;
    }
}
