using Orleans.Storage;

namespace FlowGpt.Grains.Pools;

internal sealed partial class TokenPoolGrain
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private Task _write = Task.CompletedTask;
    private DateTimeOffset _writeAgainAt = DateTimeOffset.MinValue;
    private int _writesFailed;
    private bool _deactivated;
    private bool _fenced;

    private void WriteIfWanted(DateTimeOffset now)
    {
        if (_write.IsCompleted && now >= _writeAgainAt && !_fenced && !_deactivated && _pool.WriteWanted(now))
        {
            _write = Write();
        }
    }

    private async Task Write()
    {
        do
        {
            var succeeded = await Save(_pool.BeginWrite(Now));
            var now = Now;
            _pool.EndWrite(succeeded, now);
            Pace(succeeded, now);
            ReleaseCompleted();
            Tell();
            ArmWake(now);
        } while (_writesFailed == 0 && !_fenced && !_deactivated && _pool.WriteWanted(Now));
    }

    /// <summary>
    /// Writes once. A conflict means that another activation of this pool has written: this activation stops granting at once. After any other
    /// failure it is not known whether the write took effect; what was noted before it still holds, so the pool continues within that and
    /// tries again, and if the write had taken effect, the next write conflicts.
    /// </summary>
    private async Task<bool> Save(PoolRecord record)
    {
        try
        {
            await _store.WriteAsync(record);
            return true;
        }
        catch (InconsistentStateException exception)
        {
            if (await WroteAnew(record))
            {
                return true;
            }

            LogConflict(exception, _name);
            Fence();
            return false;
        }
#pragma warning disable CA1031 // Storage providers throw any exception; the outcome is then unknown.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogWriteFailed(exception, _name);
            return false;
        }
    }

    /// <summary>
    /// A record that has vanished was not overwritten by another activation: what is in memory is all that is left of the windows, and is written as
    /// the first record is.
    /// </summary>
    private async Task<bool> WroteAnew(PoolRecord record)
    {
        try
        {
            await _store.ReadAgainAsync();
            if (_store.Exists)
            {
                return false;
            }

            await _store.WriteAnewAsync(record);
            LogRecordLost(_name);
            return true;
        }
#pragma warning disable CA1031 // With any exception here, there is still the conflict.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    /// <summary>Grants nothing more, and leaves what is stored to the next activation.</summary>
    private void Fence()
    {
        _fenced = true;
        _pool.Stop();
        ReleaseCompleted();
        DeactivateOnIdle();
    }

    private async Task SaveLast()
    {
        if (!_fenced && _pool.Close(Now) is { } record)
        {
            await Save(record);
        }
    }

    private void Pace(bool succeeded, DateTimeOffset now)
    {
        _writesFailed = succeeded ? 0 : _writesFailed + 1;
        var pause = FirstPause * Math.Pow(2, Math.Min(_writesFailed, 10) - 1);
        _writeAgainAt = succeeded ? DateTimeOffset.MinValue : now + (pause < LongestPause ? pause : LongestPause);
    }
}
