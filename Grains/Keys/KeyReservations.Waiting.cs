using FlowGpt.Grains.Interfaces.Keys;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.Grains.Keys;

/// <remarks>Turns that wait in the queue of their key: they ask again until they are let in, refused or stopped.</remarks>
internal sealed partial class KeyReservations
{
    public async ValueTask<TurnError?> AwaitAsync(HeldKeyUse use, TimeSpan maxWait, CancellationToken stopping)
    {
        var began = _time.GetTimestamp();
        while (use.Waiting is { } request)
        {
            var left = maxWait - _time.GetElapsedTime(began);
            var asking = TryReserveAsync(use.KeyId, request with { MaxWait = left > TimeSpan.Zero ? left : TimeSpan.Zero });
            await ((Task)asking)
                .WaitAsync(stopping)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            if (!asking.IsCompleted)
            {
                // Its place is given back at once, and so is what it may be given meanwhile.
                await SettleAsync(use, tokens: null);
                _ = GiveBackAsync(use.KeyId, request.RequestId, asking);
                stopping.ThrowIfCancellationRequested();
            }

            switch (await asking)
            {
                case KeyReserveResult.Granted granted:
                    use.End(Reservation(request.RequestId, granted));
                    Holds(use);
                    break;
                case KeyReserveResult.Refused { Reason: KeyRefusal.Unavailable } when left > TimeSpan.Zero:
                    // The key moves to another silo, where the place is asked for again.
                    await Task.Delay(FirstPause, _time, stopping)
                        .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
                    break;
                case KeyReserveResult.Refused refused:
                    await SettleAsync(use, tokens: null);
                    _instruments.Refused(refused.Reason);
                    return KeyRefusals.ToError(refused, use.KeyId);
                default:
                    break;
            }

            if (stopping.IsCancellationRequested && use.Waiting is not null)
            {
                await SettleAsync(use, tokens: null);
                stopping.ThrowIfCancellationRequested();
            }
        }

        return null;
    }

    private async Task<KeyReserveResult> TryReserveAsync(string keyId, KeyReserveRequest request)
    {
        try
        {
            return await GrainOf(keyId).Reserve(request);
        }
#pragma warning disable CA1031 // The key's grain is unreachable for some reason; asking again gives the same place, or a later one.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogUnreachable(exception, keyId);
            return new KeyReserveResult.Refused(KeyRefusal.Unavailable, 0, 0, 0, null, null);
        }
    }

    private async Task GiveBackAsync(string keyId, string requestId, Task<KeyReserveResult> asking)
    {
        if (await asking is KeyReserveResult.Granted)
        {
            _ = Tell(keyId, new KeySettlement(requestId, null, 0, default));
        }
    }
}
