using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Digests;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Blame;

/// <summary>
/// The marks of one account, by upstream model, and one for the whole account; with what comparisons need: when the account last served each model, and
/// which refusals are not decided yet. Pure; times come from outside.
/// </summary>
/// <param name="firstInterval">From a first mark to its probe.</param>
/// <param name="longestInterval">The longest time from one probe to the next.</param>
internal sealed class AccountMarks(TimeSpan firstInterval, TimeSpan longestInterval)
{
    public const int MostMarks = 32;
    private const int MostModels = 64;
    private const string Whole = "";

    /// <summary>A refusal that is not decided puts the account last for this long.</summary>
    private static readonly TimeSpan UndecidedFor = TimeSpan.FromSeconds(10);

    /// <summary>What happened longer ago is never taken back.</summary>
    private static readonly TimeSpan TakenBackWithin = TimeSpan.FromMinutes(2);

    private readonly Dictionary<string, Mark> _marks = [];
    private readonly Dictionary<string, DateTimeOffset> _served = [];
    private readonly Dictionary<string, DateTimeOffset> _undecided = [];

    /// <summary>The mark of the whole account; null when there is none.</summary>
    public Mark? OfAccount => _marks.GetValueOrDefault(Whole);

    /// <summary>Whether the account has any mark.</summary>
    public bool IsEmpty => _marks.Count == 0;

    /// <summary>The earliest time at which a probe is due that is not under way.</summary>
    public DateTimeOffset NextProbe
    {
        get
        {
            var next = DateTimeOffset.MaxValue;
            foreach (var (_, mark) in _marks)
            {
                next = mark.Probe == Guid.Empty && mark.ProbeAt < next ? mark.ProbeAt : next;
            }

            return next;
        }
    }

    /// <summary>The mark that holds for a model; null when there is none.</summary>
    public Mark? Of(string model) => _marks.Count == 0 ? null : OfAccount ?? _marks.GetValueOrDefault(Key(model));

    /// <summary>When the account last served the model.</summary>
    public DateTimeOffset LastServed(string model) => _served.GetValueOrDefault(model, DateTimeOffset.MinValue);

    /// <summary>The account's state for a model.</summary>
    /// <param name="model">The upstream model.</param>
    /// <param name="now">The present.</param>
    /// <param name="hasFailed">Whether the request that asks has failed before: it is a probe only once other requests had <paramref name="grace"/> to be the probe.</param>
    /// <param name="grace">How long a due probe waits for a request that has not failed before.</param>
    public Standing StandingOf(string model, DateTimeOffset now, bool hasFailed, TimeSpan grace)
    {
        if (Of(model) is not { } mark)
        {
            return _undecided.TryGetValue(model, out var refused) && now - refused < UndecidedFor ? Standing.Last : Standing.Clear;
        }

        var due = mark.Probe == Guid.Empty && mark.ProbeAt + (hasFailed ? grace : TimeSpan.Zero) <= now;
        return due ? Standing.ProbeDue
            : mark.IsOut ? Standing.Out
            : Standing.Last;
    }

    /// <summary>The account refused a request; it is not decided yet whether the account or the request is at fault.</summary>
    public void Refuse(string model, Guid lease, DateTimeOffset now)
    {
        if (_undecided.Count < MostModels || _undecided.ContainsKey(model))
        {
            _undecided[model] = now;
        }

        EndProbe(lease, now, isRepeated: false);
    }

    /// <summary>The request was to blame for a refusal; a probe that met such a request is made again.</summary>
    public void Clear(string model, DateTimeOffset now)
    {
        _undecided.Remove(model);
        if (Of(model) is { } mark && mark.ProbeAt > now && mark.ChargedAt + mark.Interval <= now)
        {
            Set(mark == OfAccount ? Whole : Key(model), mark with { ProbeAt = now });
        }
    }

    /// <summary>Another account served what this account refused: the first time the account goes last; the second time, for another request, it is out.</summary>
    /// <returns>Whether that changed the mark.</returns>
    public bool Contradict(string model, Refusal refusal, Digest fingerprint, string by, DateTimeOffset now)
    {
        _undecided.Remove(model);
        var key = Key(model);
        if (_marks.GetValueOrDefault(key) is not { } mark)
        {
            Set(
                key,
                new()
                {
                    Reason = refusal.Reason,
                    StatusCode = refusal.StatusCode,
                    Since = now,
                    ChargedAt = now,
                    SecondOpinionBy = by,
                    Fingerprint = fingerprint,
                    Interval = firstInterval,
                    ProbeAt = now + firstInterval,
                }
            );
            return true;
        }

        if (refusal.GrantedAt <= mark.ChargedAt || mark.Fingerprint == fingerprint)
        {
            return false;
        }

        var interval = Longer(mark.Interval);
        Set(
            key,
            mark with
            {
                Reason = refusal.Reason,
                StatusCode = refusal.StatusCode,
                ChargedAt = now,
                IsOut = true,
                SecondOpinionBy = by,
                Fingerprint = fingerprint,
                Interval = interval,
                ProbeAt = now + interval,
                Probe = Guid.Empty,
                Before = Earlier(mark, now),
            }
        );
        return true;
    }

    /// <summary>A failure that is the account's for certain: the whole account is out.</summary>
    /// <returns>Whether that changed the mark.</returns>
    public bool Charge(FailureReason reason, int? status, DateTimeOffset granted, DateTimeOffset now)
    {
        var mark = OfAccount;
        if (mark is not null && granted <= mark.ChargedAt)
        {
            return false;
        }

        var interval = mark is null ? firstInterval : Longer(mark.Interval);
        Set(
            Whole,
            new()
            {
                Reason = reason,
                StatusCode = status,
                Since = mark?.Since ?? now,
                ChargedAt = now,
                IsOut = true,
                Interval = interval,
                ProbeAt = now + interval,
                Before = mark is null ? null : Earlier(mark, now),
            }
        );
        return true;
    }

    /// <summary>A call was served. A call that was granted after the mark ends the mark.</summary>
    /// <returns>Whether a mark ended.</returns>
    public bool Serve(string model, DateTimeOffset granted, DateTimeOffset now)
    {
        if (!_served.ContainsKey(model) && _served.Count >= MostModels)
        {
            _served.Remove(_served.MinBy(static one => one.Value).Key);
        }

        _served[model] = now;
        if (_undecided.TryGetValue(model, out var refused) && granted > refused)
        {
            _undecided.Remove(model);
        }

        return _marks.Count > 0 && (End(Key(model), granted) | End(Whole, granted));
    }

    /// <summary>A probe is under way.</summary>
    public void BeginProbe(string model, Guid lease)
    {
        if (_marks.Count == 0)
        {
            return;
        }

        foreach (var key in (ReadOnlySpan<string>)[Whole, Key(model)])
        {
            if (_marks.TryGetValue(key, out var mark))
            {
                Set(key, mark with { Probe = lease });
            }
        }
    }

    /// <summary>A probe has ended without telling anything of the account. Does nothing for a lease that is no probe.</summary>
    /// <param name="lease">Its lease.</param>
    /// <param name="now">The present.</param>
    /// <param name="isRepeated">Whether the next request repeats it; else the next interval begins.</param>
    public void EndProbe(Guid lease, DateTimeOffset now, bool isRepeated)
    {
        foreach (var (key, mark) in _marks)
        {
            if (mark.Probe == lease)
            {
                Set(key, mark with { Probe = Guid.Empty, ProbeAt = isRepeated ? mark.ProbeAt : now + mark.Interval });
            }
        }
    }

    /// <summary>Takes back what was charged since a time: it was not the account's fault.</summary>
    public void TakeBack(DateTimeOffset since)
    {
        _undecided.Clear();
        foreach (var (key, mark) in _marks)
        {
            if (mark.AsOf(since) is { } before)
            {
                Set(key, before with { Probe = Guid.Empty });
            }
            else
            {
                _marks.Remove(key);
            }
        }
    }

    /// <summary>Forgets every mark.</summary>
    public void Reset()
    {
        _marks.Clear();
        _undecided.Clear();
    }

    /// <summary>Takes over a mark of the whole account from storage.</summary>
    public void Restore(FailureReason reason, DateTimeOffset probeAt, TimeSpan interval, DateTimeOffset now)
    {
        interval =
            interval < firstInterval ? firstInterval
            : interval < longestInterval ? interval
            : longestInterval;
        Set(
            Whole,
            new()
            {
                Reason = reason,
                Since = now,
                ChargedAt = now,
                IsOut = true,
                Interval = interval,
                ProbeAt = probeAt < now + interval ? probeAt : now + interval,
            }
        );
    }

    /// <summary>All marks, for operators.</summary>
    public ImmutableArray<AccountMark> Read() =>
        [
            .. _marks.Select(static one => new AccountMark(
                one.Key == Whole ? null : one.Key[1..],
                one.Value.Reason,
                one.Value.StatusCode,
                one.Value.Since,
                one.Value.IsOut,
                one.Value.SecondOpinionBy,
                one.Value.ProbeAt
            )),
        ];

    /// <summary>The latest time at which a probe of an account that is out is due; null when the account is out for no model.</summary>
    public Mark? LongestOut()
    {
        Mark? longest = null;
        foreach (var (_, mark) in _marks)
        {
            longest = mark.IsOut && (longest is null || mark.ProbeAt > longest.ProbeAt) ? mark : longest;
        }

        return longest;
    }

    private bool End(string key, DateTimeOffset granted) =>
        _marks.TryGetValue(key, out var mark) && granted > mark.ChargedAt && _marks.Remove(key);

    private void Set(string key, Mark mark)
    {
        if (!_marks.ContainsKey(key) && _marks.Count >= MostMarks)
        {
            _marks.Remove(_marks.MinBy(static one => one.Value.ProbeAt).Key);
        }

        _marks[key] = mark;
    }

    private TimeSpan Longer(TimeSpan interval) => interval * 2 < longestInterval ? interval * 2 : longestInterval;

    private static Mark Earlier(Mark mark, DateTimeOffset now) =>
        mark.ChargedAt + TakenBackWithin < now ? mark with { Before = null } : mark;

    // The empty key is the whole account's, also where a target names no model.
    private static string Key(string model) => ":" + model;
}
