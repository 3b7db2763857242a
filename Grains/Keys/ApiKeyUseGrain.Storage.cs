using FlowGpt.Grains.Keys.Limits;
using Orleans.Storage;

namespace FlowGpt.Grains.Keys;

internal sealed partial class ApiKeyUseGrain
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(200);

    private Task<bool> _write = Task.FromResult(true);
    private long? _failedAt;
    private bool _fenced;
    private bool _closed;

    /// <summary>Begins a write if a write is wanted. The result is the write under way, or the last write; false when it failed.</summary>
    private Task<bool> WriteIfWanted()
    {
        var resting = _failedAt is { } failed && _time.GetElapsedTime(failed) < PauseAfterFailure;
        if (_write.IsCompleted && !_closed && !resting && _meter.WriteWanted(Now))
        {
            _write = Write();
        }

        return _write;
    }

    private async Task<bool> Write()
    {
        var record = _meter.BeginWrite(Now);
        var succeeded = await Save(record, CancellationToken.None);
        _meter.EndWrite(record, succeeded);
        _failedAt = succeeded ? null : _time.GetTimestamp();
        return succeeded;
    }

    /// <summary>
    /// Writes once. A conflict means that another activation has written: this activation admits no further request. After any other failure it is not known
    /// whether the write took effect; what was noted before it still holds, and if it had taken effect, the next write conflicts.
    /// </summary>
    private async Task<bool> Save(KeyUseRecord record, CancellationToken cancellationToken)
    {
        try
        {
            _stored.State = record;
            await _stored.WriteStateAsync(cancellationToken);
            return true;
        }
        catch (InconsistentStateException exception)
        {
            LogConflict(exception, Id);
            _fenced = _closed = true;
            DeactivateOnIdle();
            return false;
        }
#pragma warning disable CA1031 // Storage providers throw any exception; the outcome is then unknown.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogWriteFailed(exception, Id);
            return false;
        }
    }
}
