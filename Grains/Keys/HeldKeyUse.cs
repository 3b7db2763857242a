using FlowGpt.Grains.Interfaces.Keys;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Keys.Limits;
using FlowGpt.Grains.Reservations;

namespace FlowGpt.Grains.Keys;

/// <summary>What a key said about a turn, and what is reserved for the turn on the key's limits. Thread-safe.</summary>
internal sealed class HeldKeyUse : IGrowingReservation
{
    private readonly KeyReservations? _keys;
    private KeyReservation? _reservation;
    private KeyReserveRequest? _waiting;

    private HeldKeyUse() { }

    public HeldKeyUse(KeyReservations keys, string keyId, bool limitsTokens, KeyReservation reservation)
    {
        _keys = keys;
        KeyId = keyId;
        LimitsTokens = limitsTokens;
        _reservation = reservation;
    }

    /// <summary>A turn with a place in its key's queue.</summary>
    public HeldKeyUse(KeyReservations keys, string keyId, bool limitsTokens, KeyReserveRequest waiting)
    {
        _keys = keys;
        KeyId = keyId;
        LimitsTokens = limitsTokens;
        _waiting = waiting;
    }

    /// <summary>A key without limits: nothing to count.</summary>
    public static HeldKeyUse Unlimited { get; } = new();

    /// <summary>Why the turn may not run; null when it may.</summary>
    public TurnError? Error { get; private init; }

    /// <summary>What is left of the key's limits; null when it has none.</summary>
    public KeyHeadroom? Headroom { get; init; }

    /// <summary>The key.</summary>
    public string KeyId { get; } = "";

    /// <summary>What is reserved; null when nothing is.</summary>
    public KeyReservation? Reservation => Volatile.Read(ref _reservation);

    /// <summary>What the turn waits for; null when it does not wait.</summary>
    public KeyReserveRequest? Waiting => Volatile.Read(ref _waiting);

    public bool LimitsTokens { get; }

    public long Tokens => Reservation?.Tokens ?? 0;

    public static HeldKeyUse Refused(TurnError error, KeyHeadroom? headroom) => new() { Error = error, Headroom = headroom };

    /// <summary>The wait is over. Null: the place is given up.</summary>
    public void End(KeyReservation? reservation)
    {
        Volatile.Write(ref _reservation, reservation);
        Volatile.Write(ref _waiting, null);
    }

    public async ValueTask<long> TryTopUpAsync(long used, long upTo)
    {
        if (_keys is null || Reservation is not { } reservation)
        {
            return 0;
        }

        var total = await _keys.TopUpAsync(KeyId, reservation, upTo).ConfigureAwait(false);
        if (total > reservation.Tokens)
        {
            Volatile.Write(ref _reservation, reservation with { Tokens = total });
        }

        return Tokens;
    }
}
