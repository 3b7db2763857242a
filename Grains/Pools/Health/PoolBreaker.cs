namespace FlowGpt.Grains.Pools.Health;

/// <summary>
/// Notices that the service fails for many accounts alike, which is not the accounts' fault. It opens when enough <em>distinct</em>
/// accounts fail within a time with no success of a later call between; then one probe at a time goes through until one is answered.
/// </summary>
internal sealed class PoolBreaker(PoolOptions options)
{
    private readonly Dictionary<PoolAccount, DateTimeOffset> _failing = [];
    private DateTimeOffset _openUntil;
    private DateTimeOffset _trippedAt = DateTimeOffset.MinValue;
    private int _step;

    /// <summary>The state; a breaker whose time is over stays open until a probe is granted.</summary>
    public BreakerState State { get; private set; }

    /// <summary>The lease of the probe on its way, or of the last one.</summary>
    public Guid Probe { get; private set; }

    /// <summary>When the next call may go; null while a probe is on its way.</summary>
    public DateTimeOffset? NextCallAt =>
        State switch
        {
            BreakerState.Closed => DateTimeOffset.MinValue,
            BreakerState.Open => _openUntil,
            _ => null,
        };

    /// <summary>
    /// A call failed as the service's fault. Returns the beginning of the wave when this trips the breaker: failures since then are taken
    /// back from the accounts. Whether the failure counts against its account is <see cref="Charges"/>.
    /// </summary>
    /// <param name="account">The account it failed for.</param>
    /// <param name="lease">The call's lease.</param>
    /// <param name="granted">When that was granted.</param>
    /// <param name="now">When it failed.</param>
    /// <param name="asked">What the upstream asked to wait.</param>
    /// <param name="accounts">How many accounts the pool can use.</param>
    public DateTimeOffset? Fail(PoolAccount account, Guid lease, DateTimeOffset granted, DateTimeOffset now, TimeSpan? asked, int accounts)
    {
        if (State != BreakerState.Closed)
        {
            if (State == BreakerState.HalfOpen && lease == Probe)
            {
                Open(now, asked);
            }

            return null;
        }

        if (granted <= _trippedAt)
        {
            return null;
        }

        foreach (var (other, at) in _failing)
        {
            if (now - at > options.BreakerWindow)
            {
                _failing.Remove(other);
            }
        }

        _failing.TryAdd(account, now);
        if (_failing.Count < Math.Min(options.BreakerAccounts, Math.Max(2, accounts)))
        {
            return null;
        }

        var start = _failing.Values.Min();
        _failing.Clear();
        _trippedAt = now;
        Open(now, asked);
        return start;
    }

    /// <summary>Whether a failure of the service is held against the account of a call granted then.</summary>
    public bool Charges(DateTimeOffset granted) => State == BreakerState.Closed && granted > _trippedAt;

    /// <summary>The service answered a call sensibly, whatever it answered. Returns whether this closed the breaker.</summary>
    public bool Answered(Guid lease, DateTimeOffset granted)
    {
        if (State == BreakerState.HalfOpen && lease == Probe)
        {
            State = BreakerState.Closed;
            _step = 0;
            return true;
        }

        if (State == BreakerState.Closed && _failing.Count > 0 && granted >= _failing.Values.Min())
        {
            _failing.Clear();
        }

        return false;
    }

    /// <summary>The probe ended without an answer either way: the next call is the probe.</summary>
    public void Inconclusive(Guid lease)
    {
        if (State == BreakerState.HalfOpen && lease == Probe)
        {
            State = BreakerState.Open;
        }
    }

    /// <summary>A call was granted while the breaker was open: it is the probe.</summary>
    public void ProbeGranted(Guid lease)
    {
        Probe = lease;
        State = BreakerState.HalfOpen;
    }

    public void Reset()
    {
        State = BreakerState.Closed;
        _step = 0;
        _failing.Clear();
    }

    private void Open(DateTimeOffset now, TimeSpan? asked)
    {
        State = BreakerState.Open;
        var delay = options.BreakerFirstDelay * Math.Pow(2, Math.Min(_step++, 30));
        delay = asked > delay ? asked.Value : delay;
        _openUntil = now + (delay < options.BreakerMaxDelay ? delay : options.BreakerMaxDelay);
    }
}
