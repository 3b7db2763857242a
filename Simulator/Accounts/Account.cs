using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Replies;
using FlowGpt.Simulator.Signatures;

namespace FlowGpt.Simulator.Accounts;

/// <summary>One account: its settings and everything that happened to it. Safe to use from many threads.</summary>
internal sealed class Account(string name, string id, AccountLimits defaultLimits, TimeSpan disconnectGrace)
{
    private readonly Lock _gate = new();
    private AccountCounters _counters = new();
    private LimitBook _limits = new(defaultLimits);
    private AccountSettings _settings = new();
    private double _tokensValidFrom;
    private int _open;

    public string Name { get; } = name;

    /// <summary>The <c>id</c> claim of its tokens.</summary>
    public string Id { get; } = id;

    public BehaviourSlot Behaviour { get; } = new();

    public AccountSettings Settings
    {
        get
        {
            lock (_gate)
            {
                return _settings;
            }
        }
    }

    public void Configure(AccountSettings settings, DateTimeOffset now)
    {
        lock (_gate)
        {
            _settings = settings with { RevokeTokens = false };
            _tokensValidFrom = settings.RevokeTokens ? now.ToUnixTimeMilliseconds() / 1000d : _tokensValidFrom;
            if ((settings.Limits ?? defaultLimits) != _limits.Limits)
            {
                _limits = new LimitBook(settings.Limits ?? defaultLimits);
            }
        }
    }

    /// <summary>Whether a token issued at this instant (Unix seconds) was revoked.</summary>
    public bool IsRevoked(double issuedAt)
    {
        lock (_gate)
        {
            return issuedAt < _tokensValidFrom;
        }
    }

    public void CountChat()
    {
        lock (_gate)
        {
            _counters.ChatRequests++;
        }
    }

    public void CountCreate()
    {
        lock (_gate)
        {
            _counters.CreateRequests++;
        }
    }

    public void CountEmbeddings()
    {
        lock (_gate)
        {
            _counters.EmbeddingRequests++;
        }
    }

    public void CountRejected(RejectReason reason)
    {
        lock (_gate)
        {
            _counters.Rejected[(int)reason]++;
        }
    }

    public void CountRemark(Remark remark)
    {
        lock (_gate)
        {
            _counters.Remarks[(int)remark]++;
        }
    }

    public void CountSignature(SignatureVerdict verdict)
    {
        lock (_gate)
        {
            _counters.SignatureFaults[(int)verdict.Fault]++;
            if (verdict.Form is { } form)
            {
                _counters.SignatureForms[(int)form]++;
            }
        }
    }

    public void SawDevice(string deviceId)
    {
        lock (_gate)
        {
            if (_counters.Devices.Count < AccountCounters.MaxDevices)
            {
                _counters.Devices.Add(deviceId);
            }
        }
    }

    /// <summary>A chat request asks to be served.</summary>
    /// <returns>Null when it is, and then <see cref="Leave"/> must follow; else the time until a limit has room.</returns>
    public TimeSpan? Enter(DateTimeOffset now, int promptTokens, int promptCharacters, LimitMode mode)
    {
        lock (_gate)
        {
            var wait = _limits.Check(now, promptTokens, _open);
            if (wait is not null && mode == LimitMode.Enforce)
            {
                _counters.Rejected[(int)RejectReason.Limit]++;
                return wait;
            }

            _limits.ChargeRequest(now, promptTokens);
            _counters.Accepted++;
            _counters.PromptTokens += promptTokens;
            _counters.PromptCharacters += promptCharacters;
            _open++;
            _counters.PeakOpen = Math.Max(_counters.PeakOpen, _open);
            return null;
        }
    }

    /// <summary>An entered request is over.</summary>
    /// <param name="arrived">When it entered.</param>
    /// <param name="now">The present.</param>
    /// <param name="end">How it ended.</param>
    /// <param name="sent">The text that was written.</param>
    /// <param name="otherTokens">Tokens of the reply that are not text: reasoning, refusals, arguments of tools.</param>
    public void Leave(DateTimeOffset arrived, DateTimeOffset now, ReplyEnd end, in SentText sent, int otherTokens = 0)
    {
        lock (_gate)
        {
            _open--;
            _limits.ChargeReply(arrived, now, sent.Fragments + otherTokens);
            _counters.OtherTokens += otherTokens;
            _counters.Fragments += sent.Fragments;
            _counters.TextCharacters += sent.Characters;
            _counters.TextBytes += sent.Bytes;
            switch (end)
            {
                case ReplyEnd.Completed:
                    _counters.Completed++;
                    break;
                case ReplyEnd.CutByClient:
                    _counters.CutByClient++;
                    _counters.LateDisconnects += _limits.ForgiveConcurrent(now, disconnectGrace) ? 1 : 0;
                    break;
                default:
                    _counters.CutByFault++;
                    break;
            }
        }
    }

    /// <summary>Zeroes counters and windows; settings and requests in progress stay.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            _counters = new AccountCounters { PeakOpen = _open };
            _limits = new LimitBook(_limits.Limits);
        }
    }

    /// <summary>What is left in this minute of the limits of requests and of tokens; null where there is no such limit.</summary>
    public (RateFigures? Requests, RateFigures? Tokens) Rates(DateTimeOffset now)
    {
        lock (_gate)
        {
            return (_limits.Rate(LimitKind.RequestsPerMinute, now), _limits.Rate(LimitKind.TokensPerMinute, now));
        }
    }

    public AccountTruth Snapshot(DateTimeOffset now)
    {
        lock (_gate)
        {
            return AccountTruth.From(this, _settings, _counters, _limits, _open, now);
        }
    }
}
