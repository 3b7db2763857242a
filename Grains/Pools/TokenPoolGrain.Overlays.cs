using System.Collections.Immutable;
using FlowGpt.Grains.Accounts;
using Orleans.Storage;

namespace FlowGpt.Grains.Pools;

/// <remarks>
/// Changes of accounts that the cluster owns. A change is in force once it is stored. An account that is only taken out of use is out at once, also while the storage takes nothing,
/// and written as soon as the storage does; only if the pool's silo is lost before that, the account is as it was.
/// </remarks>
internal sealed partial class TokenPoolGrain
{
    private bool _isUnwritten;
    private Task _keeping = Task.CompletedTask;

    public ValueTask<ImmutableArray<AccountOverlay>> GetOverlays() => new(_kept.State.Overlays);

    public ValueTask<bool> HasRoom(AccountOverlay overlay) => new(_cap.Fits(_kept.State with { Overlays = With(overlay) }));

    public async ValueTask PutOverlay(AccountOverlay overlay, AccountRecord? use)
    {
        var before = _kept.State.Overlays.FirstOrDefault(one => one.Name == overlay.Name) ?? new() { Name = overlay.Name };
        await Keep(With(overlay), onlyTakesAway: use is null && overlay.OnlyTakesOutOfUse(before));
        var now = Now;
        if (use is not null)
        {
            _pool.Import(use);
        }

        Follow(now);
    }

    public async ValueTask RemoveOverlay(string name)
    {
        await Keep(_kept.State.Overlays.RemoveAll(one => one.Name == name), onlyTakesAway: false);
        Follow(Now);
    }

    private ImmutableArray<AccountOverlay> With(AccountOverlay overlay)
    {
        var overlays = _kept.State.Overlays;
        var index = overlays.FirstOrDefault(one => one.Name == overlay.Name) is { } before ? overlays.IndexOf(before) : -1;
        return overlay.IsEmpty ? (index < 0 ? overlays : overlays.RemoveAt(index))
            : index < 0 ? overlays.Add(overlay)
            : overlays.SetItem(index, overlay);
    }

    private async Task Keep(ImmutableArray<AccountOverlay> overlays, bool onlyTakesAway)
    {
        await _keeping;
        var before = _kept.State;
        try
        {
            _kept.State = before with { Overlays = overlays };
            await _kept.WriteStateAsync();
            _isUnwritten = false;
        }
        catch (Exception exception) when (onlyTakesAway && exception is not InconsistentStateException)
        {
            LogNotKept(exception, _name);
            _isUnwritten = true;
        }
        catch
        {
            // Whether it took effect is not known: what is in force does not change, and the next activation reads what is stored.
            _kept.State = before;
            if (!_isUnwritten)
            {
                DeactivateOnIdle();
            }

            throw;
        }
    }

    /// <summary>Writes what is in force and could not be written.</summary>
    private void KeepAgain()
    {
        if (_isUnwritten && _keeping.IsCompleted && !_deactivated)
        {
            _keeping = TryKeep();
        }
    }

    private async Task TryKeep()
    {
        var mine = _kept.State;
        try
        {
            // A write before may have taken effect all the same; there is one pool in the cluster, so what is in force here is right.
            await _kept.ReadStateAsync();
            _kept.State = mine;
            await _kept.WriteStateAsync();
            _isUnwritten = false;
            LogKept(_name);
        }
#pragma warning disable CA1031 // Any exception of storage: the next tick tries again.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _kept.State = mine;
            LogNotKept(exception, _name);
        }
    }
}
