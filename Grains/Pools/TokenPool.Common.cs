using FlowGpt.Grains.Reservations;

namespace FlowGpt.Grains.Pools;

/// <remarks>When a large pool writes, and what it notes ahead for all of its accounts alike: see <see cref="CommonReserve"/>.</remarks>
internal sealed partial class TokenPool
{
    /// <summary>What nobody waits for is written once for so many grants, or after <see cref="LongestDelay"/>.</summary>
    private const int GrantsPerWrite = 128;

    /// <summary>No more of a token limit than this share is noted ahead for all.</summary>
    private const int ShareInCommon = 10;

    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(2);

    private CommonReserve? _common;
    private CommonReserve? _commonOffered;
    private CommonReserve? _restoredCommon;
    private long _commonTokens;
    private long _commonWanted;
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

        var isLow = _index.IsLow || (_grantsSinceWrite > 0 && _common is { } common && common.Until - now < _options.ReserveValidity / 3);
        return isLow && (_grantsSinceWrite >= GrantsPerWrite || now - _lastWrite >= LongestDelay);
    }

    /// <summary>A request waits for an account to be noted; most likely others will wait for other accounts.</summary>
    private void WantCommon(long tokens) => _commonWanted = Math.Max(_commonWanted, Math.Min(tokens, _commonTokens));

    /// <summary>What the write that begins notes for all accounts; what is in force already stays noted.</summary>
    private CommonReserve? BeginCommon(DateTimeOffset now)
    {
        (_index.IsWanted, _index.IsLow, _grantsSinceWrite, _lastWrite) = (false, false, 0, now);
        _common = _common?.Until > now ? _common : null;
        var isEnough = _common is { } known && known.Until - now > _options.ReserveValidity * 2 / 3 && known.Tokens >= Math.Min(_commonWanted, _commonTokens);
        _commonOffered =
            IsLarge && !isEnough ? new(_sequence, Math.Min(_commonWanted, _commonTokens), now, now + _options.ReserveValidity) : null;
        return _commonOffered ?? _common;
    }

    private void EndCommon(bool succeeded)
    {
        _common = succeeded && _commonOffered is not null ? _commonOffered : _common;
        _commonOffered = null;
    }

    /// <summary>The most tokens that may be noted for all: a share of the smallest limit of tokens.</summary>
    private long MostCommonTokens()
    {
        var least = ReplyBlock.Most;
        foreach (var account in _accounts)
        {
            least = account.Meter.CountsTokens ? Math.Min(least, account.Meter.Least(tokens: true) / ShareInCommon) : least;
        }

        return least;
    }
}
