namespace FlowGpt.Grains.Reservations;

/// <summary>
/// How long one reply may become: what is reserved for it on every limit that counts its tokens, topped up in blocks while it grows. Used by one attempt, from
/// one thread at a time.
/// </summary>
/// <param name="promptTokens">Tokens of everything that was sent upstream.</param>
/// <param name="maxReplyTokens">
/// The most tokens the client wants; null when the request names no maximum. Nothing is asked for ahead of time beyond it; ending the reply there is not done here,
/// since an upstream may send what the client does not get.
/// </param>
/// <param name="reservations">Those of the account and of the client's key.</param>
public sealed class ReplyAllowance(long promptTokens, long? maxReplyTokens, params IGrowingReservation[] reservations)
{
    /// <summary>More is asked for when no more than this is left, so that the reply need not wait for it.</summary>
    private const long Ahead = ReplyBlock.Tokens / 2;

    private readonly IGrowingReservation[] _limiting = Array.FindAll(reservations, static one => one.LimitsTokens);
    private readonly long _prompt = Math.Clamp(promptTokens, 0, ReplyBlock.Most);
    private long _most = Math.Clamp(maxReplyTokens ?? ReplyBlock.Most, 0, ReplyBlock.Most);
    private Task? _topUp;

    /// <summary>Whether anything limits the reply's tokens; if not, they need not be counted while it grows.</summary>
    public bool IsLimited => _limiting.Length > 0;

    /// <summary>Tokens of the reply that were received so far.</summary>
    public long Received { get; private set; }

    /// <summary>Tokens that the reply may have with what is reserved now.</summary>
    public long Allowed
    {
        get
        {
            var allowed = ReplyBlock.Most;
            foreach (var one in _limiting)
            {
                allowed = Math.Min(allowed, one.Tokens - _prompt);
            }

            return Math.Max(0, allowed);
        }
    }

    /// <summary>
    /// Reserves before the call, so that no more than is reserved can be made: for an upstream that is told a maximum, which cannot grow once it was sent.
    /// </summary>
    /// <param name="replyTokens">How many tokens the reply should have, at most.</param>
    /// <returns>The maximum to send: <paramref name="replyTokens"/>, or what the limits leave when that is less; null when nothing is limited.</returns>
    public async ValueTask<long?> ReserveAsync(long replyTokens)
    {
        if (!IsLimited)
        {
            return null;
        }

        _most = Math.Clamp(replyTokens, 0, _most);
        if (Allowed < _most)
        {
            // Nothing is used yet: what the prompt needs stays reserved until the upstream has counted the prompt.
            await TopUpAsync(used: 0, _prompt + _most);
        }

        return _most = Math.Max(1, Math.Min(Allowed, _most));
    }

    /// <summary>
    /// Counts tokens that were received, and asks for more ahead of time. Waits only when all that is reserved was received.
    /// </summary>
    /// <returns>Whether the reply may continue; if not it ends with <c>length</c> after <see cref="Allowed"/> tokens, and nothing more is to be read.</returns>
    public ValueTask<bool> ReceiveAsync(long tokens)
    {
        Received = Math.Min(ReplyBlock.Most, Received + Math.Max(0, tokens));
        var left = Allowed - Received;
        if (left > Ahead || (left > 0 && Allowed >= _most))
        {
            return new(true);
        }

        if (_topUp is not { IsCompleted: false })
        {
            _topUp = TopUpAsync(Used, NextBlock());
        }

        return left > 0 ? new(true) : WaitAsync(_topUp);
    }

    /// <summary>How many of the tokens received are more than the reply may have: the client does not get them.</summary>
    public long Excess => Math.Max(0, Received - Allowed);

    /// <summary>Tokens to settle with: prompt and all that was received.</summary>
    public long Used => _prompt + Received;

    private async ValueTask<bool> WaitAsync(Task topUp)
    {
        await topUp;
        if (Allowed <= Received)
        {
            // The reservation under way was asked for before all this was received.
            await TopUpAsync(Used, NextBlock());
        }

        return Allowed > Received;
    }

    private long NextBlock()
    {
        var upTo = _prompt + Received + ReplyBlock.Tokens;
        return Received < _most ? Math.Min(upTo, _prompt + _most) : upTo;
    }

    private async Task TopUpAsync(long used, long upTo)
    {
        foreach (var one in _limiting)
        {
            // In order: what the first cannot give need not be taken from the next.
            upTo = Math.Min(upTo, await one.TryTopUpAsync(used, upTo));
        }
    }
}
