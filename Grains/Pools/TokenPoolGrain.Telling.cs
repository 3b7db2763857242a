namespace FlowGpt.Grains.Pools;

internal sealed partial class TokenPoolGrain
{
    private readonly HashSet<(string Account, DateTimeOffset Expires, bool Over)> _warned = [];

    /// <summary>Logs and counts what happened in the pool.</summary>
    private void Tell()
    {
        foreach (var what in _pool.Events)
        {
            switch (what.Kind)
            {
                case PoolEventKind.RateLimited:
                    _instruments.CoolDown(what.Account!, "rate_limited");
                    LogRateLimited(_name, what.Account!, what.Until);
                    break;
                case PoolEventKind.UpstreamFailed:
                    _instruments.CoolDown(what.Account!, "upstream");
                    LogUpstreamFailed(_name, what.Account!, what.Until);
                    break;
                case PoolEventKind.Refused:
                    _instruments.CoolDown(what.Account!, "refused");
                    LogRefused(_name, what.Account!, what.Until);
                    break;
                case PoolEventKind.Contradicted:
                    _instruments.CoolDown(what.Account!, "contradicted");
                    LogContradicted(_name, what.Account!, what.Until);
                    break;
                case PoolEventKind.Convicted:
                    LogConvicted(_name, what.Account!);
                    break;
                case PoolEventKind.MarkEnded:
                    LogMarkEnded(_name, what.Account!);
                    break;
                case PoolEventKind.LeaseReclaimed:
                    _instruments.Reclaimed(what.Account!);
                    LogReclaimed(_name, what.Account!);
                    break;
                case PoolEventKind.BreakerOpened:
                    LogBreakerOpened(_name, what.Until);
                    break;
                default:
                    LogBreakerClosed(_name);
                    break;
            }
        }

        _pool.Events.Clear();
        foreach (var lost in _pool.LostTurns)
        {
            _usage.Record(lost);
        }

        _pool.LostTurns.Clear();
    }

    /// <summary>Reports ahead of time, and again at the time, that a token expires; once each.</summary>
    private void WarnOfExpiry(DateTimeOffset now)
    {
        now = _pool.Calendar.Wall(now);
        foreach (var account in _pool.Accounts)
        {
            if (account.Definition.TokenExpires is not { } expires || !account.Definition.Enabled)
            {
                continue;
            }

            if (expires <= now && _warned.Add((account.Name, expires, true)))
            {
                LogExpired(_name, account.Name, expires);
            }
            else if (expires > now && expires - now <= _options.TokenExpiryWarning && _warned.Add((account.Name, expires, false)))
            {
                LogExpiresSoon(_name, account.Name, expires);
            }
        }
    }
}
