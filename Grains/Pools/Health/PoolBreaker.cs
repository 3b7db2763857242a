using FlowGpt.Grains.Blame;
using FlowGpt.Grains.Interfaces.Digests;

namespace FlowGpt.Grains.Pools.Health;

/// <summary>
/// Notices that the upstream fails for many accounts alike, which is neither the accounts' fault nor the requests'. It opens when enough <em>distinct</em>
/// accounts fail for <em>different</em> requests within a time with no success of a later call between; then one probe at a time goes through until one is
/// answered. A refusal counts less than another failure: refusals count from the third refused request on, and only while fewer calls are unanswered than
/// requests were refused, because refusals come back sooner than replies. Where refusals alone opened the breaker, a request of a client key that has had no
/// refusal is a probe at once, so that a client key that sends refused requests all the time does not delay others.
/// </summary>
internal sealed class PoolBreaker(PoolOptions options)
{
    private const int LeastRequests = 2;
    private const int LeastRefusedRequests = 3;
    private const int MostFailures = 256;

    // Accounts of one round of probes: enough to find a good account among sick accounts, and few compared with a large pool.
    private const int MostProbed = 4;

    private readonly List<Failure> _failing = [];
    private readonly HashSet<PoolAccount> _probed = [];
    private readonly HashSet<Digest> _refusedProbes = [];
    private readonly HashSet<PoolAccount> _accounts = [];
    private readonly HashSet<Digest> _requests = [];
    private readonly HashSet<string> _refusedKeys = [];
    private DateTimeOffset _openUntil;
    private bool _isByRefusals;
    private bool _isEarlyProbe;
    private DateTimeOffset _trippedAt = DateTimeOffset.MinValue;
    private int _step;

    /// <summary>The state; a breaker whose time has elapsed stays open until a probe is granted.</summary>
    public BreakerState State { get; private set; }

    /// <summary>The lease of the probe under way, or of the last probe.</summary>
    public Guid Probe { get; private set; }

    /// <summary>When the next call may go; null while a probe is under way.</summary>
    public DateTimeOffset? NextCallAt =>
        State switch
        {
            BreakerState.Closed => DateTimeOffset.MinValue,
            BreakerState.Open => _openUntil,
            _ => null,
        };

    /// <summary>
    /// A call failed. Returns the beginning of the wave when this opens the breaker: what was decided since then is taken back. Whether the failure counts
    /// against its account is <see cref="Charges"/>.
    /// </summary>
    /// <param name="account">The account it failed for.</param>
    /// <param name="request">What it was for.</param>
    /// <param name="key">The client key of the request.</param>
    /// <param name="fault">How the failure reads.</param>
    /// <param name="lease">The call's lease.</param>
    /// <param name="granted">When that was granted.</param>
    /// <param name="now">When it failed.</param>
    /// <param name="asked">What the upstream asked to wait.</param>
    /// <param name="accounts">How many accounts the pool can use.</param>
    /// <param name="unanswered">How many calls may still be answered well.</param>
    public DateTimeOffset? Fail(
        PoolAccount account,
        Digest request,
        string key,
        Fault fault,
        Guid lease,
        DateTimeOffset granted,
        DateTimeOffset now,
        TimeSpan? asked,
        int accounts,
        int unanswered
    )
    {
        if (State != BreakerState.Closed)
        {
            if (State == BreakerState.HalfOpen && lease == Probe)
            {
                Remember(key, fault);
                if (_isEarlyProbe && _isByRefusals)
                {
                    // What was not due makes no delay longer.
                    State = BreakerState.Open;
                    return null;
                }

                // An account's own failure says little of the upstream while other accounts have not been tried, and a refusal may be the request's fault.
                var isNew =
                    (_probed.Count < MostProbed && _probed.Add(account))
                    | (fault == Fault.Provisional && _refusedProbes.Add(request) && _refusedProbes.Count < LeastRefusedRequests);
                if (fault == Fault.Service || !isNew)
                {
                    // Only a failure of the service, or a whole round of accounts and requests without an answer, makes the delay longer, and the next round begins.
                    _probed.Clear();
                    _refusedProbes.Clear();
                    Open(now, asked, _step++);
                }
                else
                {
                    // The upstream may be well: the next account is tried soon, however long the delays have become.
                    Open(now, asked, 0);
                }
            }

            return null;
        }

        if (granted <= _trippedAt)
        {
            return null;
        }

        _failing.RemoveAll(failure => now - failure.At > options.BreakerWindow);
        if (_failing.Count < MostFailures && !_failing.Exists(failure => failure.Account == account && failure.Request == request))
        {
            _failing.Add(new(account, request, key, fault == Fault.Provisional, now));
        }

        if (!IsUpstreamToBlame(accounts, unanswered))
        {
            return null;
        }

        var start = _failing[0].At;
        (_isByRefusals, _isEarlyProbe) = (true, false);
        _refusedKeys.Clear();
        foreach (var failure in _failing)
        {
            Remember(failure.Key, failure.IsRefusal ? Fault.Provisional : Fault.Service);
        }

        _failing.Clear();
        _trippedAt = now;
        _probed.Clear();
        _refusedProbes.Clear();
        Open(now, asked, _step++);
        return start;
    }

    /// <summary>Whether a failure of the service is held against the account of a call granted then.</summary>
    public bool Charges(DateTimeOffset granted) => State == BreakerState.Closed && granted > _trippedAt;

    /// <summary>The service answered a call sensibly. Returns whether this closed the breaker.</summary>
    public bool Answered(Guid lease, DateTimeOffset at)
    {
        if (State == BreakerState.HalfOpen && lease == Probe)
        {
            State = BreakerState.Closed;
            _step = 0;
            return true;
        }

        if (State == BreakerState.Closed && _failing.Count > 0 && at >= _failing[0].At)
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
    public void ProbeGranted(Guid lease, DateTimeOffset now)
    {
        Probe = lease;
        State = BreakerState.HalfOpen;
        _isEarlyProbe = now < _openUntil;
    }

    /// <summary>
    /// Whether a request of a client key is a probe before that is due: only refusals opened the breaker, and none of the key's requests was among those.
    /// </summary>
    public bool LetsProbeEarly(string key) =>
        State == BreakerState.Open && _isByRefusals && _refusedKeys.Count < MostFailures && !_refusedKeys.Contains(key);

    public void Reset()
    {
        State = BreakerState.Closed;
        _step = 0;
        _failing.Clear();
    }

    private void Remember(string key, Fault fault)
    {
        _isByRefusals &= fault == Fault.Provisional;
        _refusedKeys.Add(key);
    }

    private bool IsUpstreamToBlame(int accounts, int unanswered) =>
        Counts(refusals: true, Math.Max(LeastRefusedRequests, unanswered + 1), accounts)
        || Counts(refusals: false, LeastRequests, accounts);

    private bool Counts(bool refusals, int leastRequests, int accounts)
    {
        _accounts.Clear();
        _requests.Clear();
        foreach (var failure in _failing)
        {
            if (refusals || !failure.IsRefusal)
            {
                _accounts.Add(failure.Account);
                _requests.Add(failure.Request);
            }
        }

        return _accounts.Count >= Math.Min(options.BreakerAccounts, Math.Max(2, accounts)) && _requests.Count >= leastRequests;
    }

    private void Open(DateTimeOffset now, TimeSpan? asked, int step)
    {
        State = BreakerState.Open;
        var delay = options.BreakerFirstDelay * Math.Pow(2, Math.Min(step, 30));
        delay = asked > delay ? asked.Value : delay;
        _openUntil = now + (delay < options.BreakerMaxDelay ? delay : options.BreakerMaxDelay);
    }

    private readonly record struct Failure(PoolAccount Account, Digest Request, string Key, bool IsRefusal, DateTimeOffset At);
}
