using System.Collections.Immutable;
using FlowGpt.Grains.Accounts;
using Orleans.Storage;

namespace FlowGpt.Grains.Pools;

/// <remarks>
/// Changes of accounts that the cluster owns. A change is in force once it is stored. An account that is only taken out of use is out at once, also while the storage takes nothing,
/// and written as soon as the storage does, at the latest when the pool moves; only if that write fails too, or the pool's silo is lost before, the account is as it was.
/// </remarks>
internal sealed partial class TokenPoolGrain
{
    // What is in force while the storage does not have it.
    private ImmutableArray<AccountOverlay>? _unwritten;
    private Task _keptAgain = Task.CompletedTask;
    private bool _isKeeping;

    private ImmutableArray<AccountOverlay> Overlays => _unwritten ?? _kept.State.Overlays;

    public ValueTask<ImmutableArray<AccountOverlay>> GetOverlays() => new(Overlays);

    public ValueTask<bool> HasRoom(AccountOverlay overlay) => new(_cap.Fits(_kept.State with { Overlays = With(overlay) }));

    public async ValueTask PutOverlay(AccountOverlay overlay, AccountRecord? use)
    {
        var before = Overlays.FirstOrDefault(one => one.Name == overlay.Name) ?? new() { Name = overlay.Name };
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
        await Keep(Overlays.RemoveAll(one => one.Name == name), onlyTakesAway: false);
        Follow(Now);
    }

    private ImmutableArray<AccountOverlay> With(AccountOverlay overlay)
    {
        var overlays = Overlays;
        var index = overlays.FirstOrDefault(one => one.Name == overlay.Name) is { } before ? overlays.IndexOf(before) : -1;
        return overlay.IsEmpty ? (index < 0 ? overlays : overlays.RemoveAt(index))
            : index < 0 ? overlays.Add(overlay)
            : overlays.SetItem(index, overlay);
    }

    private async Task Keep(ImmutableArray<AccountOverlay> overlays, bool onlyTakesAway)
    {
        await _keptAgain;
        var before = _kept.State;
        _isKeeping = true;
        try
        {
            _kept.State = before with { Overlays = overlays };
            await _kept.WriteStateAsync();
            _unwritten = null;
        }
        catch (Exception exception) when (onlyTakesAway && (exception is not InconsistentStateException || _unwritten is not null))
        {
            LogNotKept(exception, _name);
            _unwritten = overlays;
        }
        catch
        {
            // Whether it took effect is not known: what is in force does not change, and the next activation reads what is stored.
            _kept.State = before;
            if (_unwritten is null)
            {
                DeactivateOnIdle();
            }

            throw;
        }
        finally
        {
            _isKeeping = false;
        }
    }

    /// <summary>Begins to write what is in force and could not be written.</summary>
    private void KeepAgain()
    {
        if (_unwritten is not null && _keptAgain.IsCompleted && !_isKeeping && !_deactivated && !_fenced)
        {
            _keptAgain = TryKeepAgain();
        }
    }

    private async Task TryKeepAgain()
    {
        if (_unwritten is not { } overlays || _fenced)
        {
            return;
        }

        try
        {
            // A write before may have taken effect all the same; there is one pool in the cluster, so what is in force here is right.
            await _kept.ReadStateAsync();
            _kept.State = _kept.State with { Overlays = overlays };
            await _kept.WriteStateAsync();
            _unwritten = null;
            LogKept(_name);
        }
#pragma warning disable CA1031 // Any exception of storage: the next tick tries again.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogNotKept(exception, _name);
        }
    }
}
