namespace FlowGpt.Grains.Reservations;

/// <summary>
/// What one account or client key may still issue on the strength of what storage holds. The record that storage holds counts all of it as used, so a
/// process that dies, or a second activation, can never issue more than was noted.
/// </summary>
/// <remarks>
/// A write offers a new amount. Until the write has ended the old amount stays valid; what is issued by then comes out of both, so it does
/// not matter whether the write took effect, failed, or failed after taking effect.
/// </remarks>
internal sealed class ReserveBlock
{
    private const double RateMemorySeconds = 5;

    private int _requests;
    private long _tokens;
    private DateTimeOffset _validUntil = DateTimeOffset.MinValue;
    private (int Requests, long Tokens, DateTimeOffset ValidUntil)? _offered;
    private int _takenRequests;
    private long _takenTokens;
    private double _rate;
    private double _tokenRate;
    private DateTimeOffset _rateAt = DateTimeOffset.MinValue;

    /// <summary>A grant waits for this many requests and tokens to be noted; zero when none does.</summary>
    public (int Requests, long Tokens) Wanted { get; private set; }

    /// <summary>The tokens that all together wait for; zero where waiting requests are served one after the other.</summary>
    public long WantedTogether { get; private set; }

    /// <summary>Whether anything waits.</summary>
    public bool IsWanted => Wanted is not { Requests: 0, Tokens: 0 };

    /// <summary>Whether a grant may be issued now.</summary>
    public bool Covers(bool countsTokens, long tokens, DateTimeOffset now) =>
        now < _validUntil && _requests >= 1 && (!countsTokens || _tokens >= tokens);

    /// <summary>Tokens that may be issued now.</summary>
    public long Tokens(DateTimeOffset now) => now < _validUntil ? Math.Max(0, _tokens) : 0;

    public void Want(int requests, long tokens) => Wanted = (Math.Max(Wanted.Requests, requests), Math.Max(Wanted.Tokens, tokens));

    /// <summary>Wants so much beside what others want.</summary>
    public void WantMore(int requests, long tokens)
    {
        Want(Wanted.Requests + requests, tokens);
        WantedTogether += tokens;
    }

    /// <summary>Issues requests and tokens.</summary>
    public void Take(int requests, long tokens, DateTimeOffset now)
    {
        Move(requests, tokens);
        Decay(now);
        _rate += requests / RateMemorySeconds;
        _tokenRate += tokens / RateMemorySeconds;
    }

    /// <summary>Moves what may be issued: positive is used up, negative comes back.</summary>
    public void Move(int requests, long tokens)
    {
        _requests -= requests;
        _tokens -= tokens;
        _takenRequests += requests;
        _takenTokens += tokens;
    }

    /// <summary>Grants a second in the recent past.</summary>
    public double Rate(DateTimeOffset now)
    {
        Decay(now);
        return _rate;
    }

    /// <summary>Whether the block should be topped up before it is used up.</summary>
    public bool IsLow(in BlockSize size, DateTimeOffset now, TimeSpan validity) =>
        _offered is null
        && (_requests * 2 < size.Requests || (size.Tokens > 0 && _tokens * 2 < size.Tokens) || _validUntil - now < validity / 3);

    /// <summary>Begins a write: what storage will hold as used although it is not yet.</summary>
    public (int Requests, long Tokens, DateTimeOffset ValidUntil) Offer(in BlockSize size, DateTimeOffset now, TimeSpan validity)
    {
        var live = now < _validUntil;
        var requests = Math.Max(live ? _requests : 0, size.Requests);
        var tokens = Math.Max(live ? _tokens : 0, size.Tokens);
        _offered = (requests, tokens, requests > 0 ? now + validity : _validUntil);
        _takenRequests = 0;
        _takenTokens = 0;
        Wanted = default;
        WantedTogether = 0;
        return _offered.Value;
    }

    /// <summary>Storage holds what was offered.</summary>
    public void Written()
    {
        if (_offered is { } offered)
        {
            (_requests, _tokens, _validUntil) = (offered.Requests - _takenRequests, offered.Tokens - _takenTokens, offered.ValidUntil);
            _offered = null;
        }
    }

    /// <summary>The write failed, or its outcome is unknown: what was valid before stays valid.</summary>
    public void Failed() => _offered = null;

    /// <summary>Tokens a second in the recent past.</summary>
    public double TokenRate(DateTimeOffset now)
    {
        Decay(now);
        return _tokenRate;
    }

    private void Decay(DateTimeOffset now)
    {
        if (now > _rateAt)
        {
            var factor = Math.Exp(-(now - _rateAt).TotalSeconds / RateMemorySeconds);
            _rate *= factor;
            _tokenRate *= factor;
            _rateAt = now;
        }
    }
}
