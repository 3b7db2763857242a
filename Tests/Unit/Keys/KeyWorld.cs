using FlowGpt.Grains.Interfaces.Keys;
using FlowGpt.Grains.Keys;
using FlowGpt.Grains.Keys.Limits;

namespace FlowGpt.Tests.Unit.Keys;

/// <summary>A key's meter with its storage, the requests that it admits, and what they really use.</summary>
internal sealed class KeyWorld
{
    private const string Holder = "silo";
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(6);

    private readonly KeyUseOptions _options = new();
    private readonly ApiKeyTerms _terms;
    private readonly List<Truth> _truth = [];
    private readonly List<KeySettlement> _told = [];
    private readonly HashSet<string> _known = [];
    private readonly Queue<KeyReserveRequest> _waiting = new();
    private KeyUseRecord _stored = new();
    private KeyUseRecord? _writing;
    private KeyMeter _meter;
    private int _ids;

    public KeyWorld(ApiKeyLimits limits)
    {
        _terms = new ApiKeyTerms(limits, 1);
        _meter = NewMeter();
    }

    /// <summary>Shortly before the end of a month.</summary>
    public DateTimeOffset Now { get; private set; } = new(2026, 1, 30, 22, 0, 0, TimeSpan.Zero);

    public KeyMeter Meter => _meter;

    public List<string> Violations { get; } = [];

    public int Granted => _truth.Count;

    /// <summary>Tokens really used by the requests that were admitted on the present day.</summary>
    public long UsedToday => _truth.Where(one => one.At.Date == Now.Date).Sum(one => one.Used);

    public void Run(IEnumerable<KeyStep> steps)
    {
        foreach (var step in steps)
        {
            Take(step);
            Write();
        }
    }

    /// <summary>Ends every write at once, and with it every wait.</summary>
    public void Drain()
    {
        while (_writing is not null)
        {
            EndWrite(committed: true, answered: true);
            Write();
        }
    }

    public void Pass(TimeSpan time)
    {
        Now += time;
        _meter.Expire(Now);
        foreach (var running in Running().Where(one => one.Expires <= Now))
        {
            // The request ended before its time and was not settled.
            running.Running = false;
        }
    }

    public IEnumerable<Truth> Running() => _truth.Where(one => one.Running);

    /// <summary>Running requests that the present meter admitted, restored or took over; without a limit of concurrent requests it takes over none.</summary>
    public IEnumerable<string> KnownRunning() => Running().Select(one => one.Id).Where(_known.Contains);

    private void Take(KeyStep step)
    {
        switch (step)
        {
            case KeyStep.Ask ask:
                for (var i = 0; i < ask.Count; i++)
                {
                    Ask(new KeyReserveRequest($"r{_ids++}", _terms, ask.Prompt, ask.Reply, Lifetime, Holder));
                }

                break;
            case KeyStep.End end when Running().Any():
                var running = Running().ElementAt(end.Which % Running().Count());
                running.Running = false;
                running.Used = running.Granted * (end.Percent ?? 0) / 100;
                Tell(new KeySettlement(running.Id, end.Percent is null ? null : running.Used, running.Granted, running.At));
                _truth.RemoveAll(one => one.Id == running.Id && end.Percent is null);
                break;
            case KeyStep.Repeat repeat when _told.Count > 0:
                _meter.Settle(_told[^(1 + (repeat.Which % _told.Count))], Now);
                break;
            case KeyStep.Pass pass:
                Pass(TimeSpan.FromMilliseconds(pass.Milliseconds));
                break;
            case KeyStep.EndWrite write when _writing is not null:
                EndWrite(write.Committed, write.Answered);
                break;
            case KeyStep.Crash crash:
                _stored = crash.Committed && _writing is not null ? _writing : _stored;
                Replace(crash.DownMilliseconds);
                break;
            case KeyStep.Move move:
                Drain();
                _stored = _meter.HasChanged ? _meter.BeginWrite(Now, last: true) : _stored;
                Replace(move.DownMilliseconds);
                break;
            case KeyStep.HolderDies:
                foreach (var lost in Running())
                {
                    lost.Running = false;
                }

                _meter.HolderDied(Holder);
                break;
        }
    }

    private void Ask(KeyReserveRequest request)
    {
        var result = _meter.Reserve(request, Now);
        if (result is null)
        {
            _waiting.Enqueue(request);
        }

        if (result is KeyReserveResult.Granted granted)
        {
            Grant(request, granted);
        }
    }

    private void Grant(KeyReserveRequest request, KeyReserveResult.Granted granted)
    {
        var tokens = granted.Tokens;
        if (tokens > request.PromptTokens + request.MaxReplyTokens || tokens < request.PromptTokens)
        {
            Violations.Add($"granted {tokens} for {request.PromptTokens} and {request.MaxReplyTokens}");
        }

        _known.Add(request.RequestId);
        _truth.Add(new Truth(request.RequestId, tokens, granted.At, granted.Expires) { Used = tokens, Running = true });
        var limits = _terms.Limits;
        Check("requests", limits.RequestsPerMinute, InLastMinute().Count());
        Check("running", limits.MaxConcurrentRequests, Running().Count());
    }

    /// <summary>Checks the real use; running requests count with all that they may use.</summary>
    public void CheckTokens()
    {
        var limits = _terms.Limits;
        foreach (var grant in _truth)
        {
            var minute = _truth.Where(one => one.At <= grant.At && one.At > grant.At - TimeSpan.FromMinutes(1)).Sum(one => one.Used);
            Check("tokens", limits.TokensPerMinute, minute);
            Check("day", limits.TokensPerDay, _truth.Where(one => one.At.Date == grant.At.Date).Sum(one => one.Used));
            Check("month", limits.TokensPerMonth, _truth.Where(one => one.At.Month == grant.At.Month).Sum(one => one.Used));
        }
    }

    private void Check(string what, long? limit, long used)
    {
        if (used > limit)
        {
            Violations.Add($"{what}: {used} of {limit} at {Now:HH:mm:ss.fff}");
        }
    }

    private IEnumerable<Truth> InLastMinute() => _truth.Where(one => one.At > Now - TimeSpan.FromMinutes(1));

    private void Tell(KeySettlement settlement)
    {
        _told.Add(settlement);
        _meter.Settle(settlement, Now);
    }

    private void Write()
    {
        if (_meter.WriteWanted(Now))
        {
            _writing = _meter.BeginWrite(Now);
        }
    }

    private void EndWrite(bool committed, bool answered)
    {
        var record = _writing!;
        _writing = null;
        _stored = committed ? record : _stored;
        _meter.EndWrite(record, committed && answered);
        if (committed && !answered)
        {
            // The next write would conflict, so this activation ends.
            Replace(0);
            return;
        }

        for (var left = _waiting.Count; left > 0 && committed; left--)
        {
            Ask(_waiting.Dequeue());
        }

        if (!committed)
        {
            _waiting.Clear();
        }
    }

    private void Replace(int downMilliseconds)
    {
        _writing = null;
        _waiting.Clear();
        Now += TimeSpan.FromMilliseconds(downMilliseconds);
        foreach (var ended in Running().Where(one => one.Expires <= Now))
        {
            ended.Running = false;
        }

        _meter = NewMeter();
    }

    private KeyMeter NewMeter()
    {
        var meter = new KeyMeter(_options);
        meter.Restore(_stored, Now);
        _known.Clear();
        _known.UnionWith(_stored.Running.Select(static one => one.RequestId));
        if (_terms.Limits.MaxConcurrentRequests is not null)
        {
            foreach (var running in Running())
            {
                _known.Add(running.Id);
                meter.TakeOver(new KeyReservation(running.Id, running.Granted, running.At, running.Expires, Holder), Now);
            }
        }

        return meter;
    }

    internal sealed record Truth(string Id, long Granted, DateTimeOffset At, DateTimeOffset Expires)
    {
        public long Used { get; set; }

        public bool Running { get; set; }
    }
}
