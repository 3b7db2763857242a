using FlowGpt.Grains.Reservations;

namespace FlowGpt.Grains.Pools;

/// <remarks>When a large pool writes, and what it notes ahead for all of its accounts alike: see <see cref="SharedReserve"/>.</remarks>
internal sealed partial class TokenPool
{
    /// <summary>What no request waits for is written once for so many grants at least, or after <see cref="LongestDelay"/>.</summary>
    private const int GrantsPerWrite = 128;

    /// <summary>
    /// A write looks at all accounts, and is worth one grant for so many of them. The more accounts there are, the later an account is chosen again and needs what was
    /// written.
    /// </summary>
    private const int AccountsPerGrant = 32;

    /// <summary>No more of a token limit than this share is noted ahead for all.</summary>
    private const int ShareOfLimit = 10;

    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(2);

    private SharedReserve? _shared;
    private SharedReserve? _sharedOffered;
    private SharedReserve? _restoredShared;
    private long _sharedTokens;
    private long _sharedWanted;
    private long _sequence;
    private int _grantsSinceWrite;
    private DateTimeOffset _lastWrite = DateTimeOffset.MinValue;

    private bool WriteOfLargeWanted(DateTimeOffset now)
    {
        _index.Refresh(now);
        if (_index.IsWanted)
        {
            return true;
        }

        var isLow = _index.IsLow || (_grantsSinceWrite > 0 && _shared is { } shared && shared.Until - now < _options.ReserveValidity / 3);
        return isLow
            && (_grantsSinceWrite >= Math.Max(GrantsPerWrite, _accounts.Length / AccountsPerGrant) || now - _lastWrite >= LongestDelay);
    }

    /// <summary>A request waits for an account to be noted; most likely others will wait for other accounts.</summary>
    private void WantShared(long tokens) => _sharedWanted = Math.Max(_sharedWanted, Math.Min(tokens, _sharedTokens));

    /// <summary>What the write that begins notes for all accounts; what is in force already stays noted.</summary>
    private SharedReserve? BeginShared(DateTimeOffset now)
    {
        (_index.IsWanted, _index.IsLow, _grantsSinceWrite, _lastWrite) = (false, false, 0, now);
        _shared = _shared?.Until > now ? _shared : null;
        var isEnough =
            _shared is { } known
            && known.Until - now > _options.ReserveValidity * 2 / 3
            && known.Tokens >= Math.Min(_sharedWanted, _sharedTokens);
        _sharedOffered =
            IsLarge && !isEnough ? new(_sequence, Math.Min(_sharedWanted, _sharedTokens), now, now + _options.ReserveValidity) : null;
        return _sharedOffered ?? _shared;
    }

    private void EndShared(bool succeeded)
    {
        _shared = succeeded && _sharedOffered is not null ? _sharedOffered : _shared;
        _sharedOffered = null;
    }

    /// <summary>The most tokens that may be noted for all: a share of the smallest limit of tokens.</summary>
    private long MostSharedTokens()
    {
        var least = ReplyBlock.Most;
        foreach (var account in _accounts)
        {
            least = account.Meter.CountsTokens ? Math.Min(least, account.Meter.Least(tokens: true) / ShareOfLimit) : least;
        }

        return least;
    }
}
