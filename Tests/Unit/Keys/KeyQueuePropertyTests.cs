using FlowGpt.Grains.Interfaces.Keys;
using FlowGpt.Grains.Keys;
using FlowGpt.Grains.Keys.Limits;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Keys;

/// <summary>
/// Any mix of requests that come, end, leave and wait: the limits hold, those that wait are let in in their order, nobody is refused whom the settled use alone leaves
/// room, and nobody waits when nothing runs.
/// </summary>
public sealed class KeyQueuePropertyTests
{
    private const long MinuteLimit = 1000;
    private const long DayLimit = 6000;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Property(MaxTest = 400)]
    public void AnyHistory_IsExactFairAndEnds(int seed)
    {
        var world = new World(new Random(seed));
        for (var step = 0; step < 120; step++)
        {
            world.Step();
        }

        world.EndAll();
        Assert.Empty(world.Problems);
    }

    private sealed class World(Random random)
    {
        private readonly KeyMeter _meter = new(new KeyUseOptions());
        private readonly ApiKeyTerms _terms = new(new ApiKeyLimits { TokensPerMinute = MinuteLimit, TokensPerDay = DayLimit }, 1);
        private readonly List<KeyReserveRequest> _waiting = [];
        private readonly List<Used> _used = [];
        private DateTimeOffset _now = new(2026, 3, 3, 3, 0, 0, TimeSpan.Zero);
        private int _ids;

        public List<string> Problems { get; } = [];

        public void Step()
        {
            switch (random.Next(8))
            {
                case < 3:
                    Ask(NewRequest());
                    break;
                case < 5 when Running() is { Length: > 0 } running:
                    End(running[random.Next(running.Length)]);
                    break;
                case 5 when _waiting.Count > 0:
                    var leaver = _waiting[random.Next(_waiting.Count)];
                    _waiting.Remove(leaver);
                    _meter.Settle(new(leaver.RequestId, null, 0, default), _now);
                    break;
                case 6:
                    _now += TimeSpan.FromMilliseconds(random.Next(9_000));
                    break;
            }

            Poll();
        }

        public void EndAll()
        {
            while (Running() is { Length: > 0 } running)
            {
                End(running[0]);
                Poll();
            }

            if (_waiting.Count > 0)
            {
                Problems.Add($"{_waiting.Count} wait though nothing runs");
            }
        }

        /// <summary>Each that waits asks again, in any order; those that could be let in by then are asked for until nothing changes.</summary>
        private void Poll()
        {
            for (var changed = true; changed; )
            {
                var before = _waiting.Count;
                foreach (var request in _waiting.OrderBy(_ => random.Next()).ToArray())
                {
                    Ask(request);
                }

                changed = _waiting.Count != before;
            }
        }

        private KeyReserveRequest NewRequest() =>
            new($"r{_ids++}", _terms, random.Next(1, 300), random.Next(0, 700), TimeSpan.FromHours(1), "silo")
            {
                MaxWait = TimeSpan.FromSeconds(30),
            };

        private void Ask(KeyReserveRequest request)
        {
            KeyReserveResult? result;
            while ((result = _meter.Reserve(request, _now)) is null)
            {
                _meter.EndWrite(_meter.BeginWrite(_now), succeeded: true);
            }

            switch (result)
            {
                case KeyReserveResult.Waiting:
                    if (!_waiting.Contains(request))
                    {
                        _waiting.Add(request);
                    }

                    break;
                case KeyReserveResult.Granted granted:
                    if (_waiting.Count > 0 && _waiting[0] != request)
                    {
                        Problems.Add($"{request.RequestId} overtook {_waiting[0].RequestId}");
                    }

                    _waiting.Remove(request);
                    _used.Add(new(request.RequestId, _now) { Tokens = granted.Tokens });
                    Check();
                    break;
                case KeyReserveResult.Refused refused:
                    _waiting.Remove(request);
                    CheckFinal(request, refused);
                    break;
            }
        }

        private void End(Used running)
        {
            running.IsRunning = false;
            running.Tokens = running.Tokens * random.Next(101) / 100;
            _meter.Settle(new(running.Id, running.Tokens, 0, running.At), _now);
        }

        private void Check()
        {
            var (minute, day) = (InMinute(TimeSpan.Zero).Sum(static one => one.Tokens), _used.Sum(static one => one.Tokens));
            if (minute > MinuteLimit || day > DayLimit)
            {
                Problems.Add($"{minute} in a minute, {day} in a day");
            }
        }

        /// <summary>A refusal is right only where what has ended leaves too little; the meter's minute is a little longer, and its uses count in steps.</summary>
        private void CheckFinal(KeyReserveRequest request, KeyReserveResult.Refused refused)
        {
            var (least, wanted) = FlowGpt.Grains.Reservations.ReplyBlock.Need(request.PromptTokens, request.MaxReplyTokens);
            var minute = InMinute(TimeSpan.FromSeconds(1)).Where(static one => !one.IsRunning).Sum(static one => one.Tokens);
            var day = _used.Where(static one => !one.IsRunning).Sum(static one => one.Tokens);
            if (minute + Math.Min(wanted, MinuteLimit) <= MinuteLimit && day + least <= DayLimit)
            {
                Problems.Add($"{request.RequestId} was refused ({refused.Reason}) with {minute} of a minute and {day} of a day settled");
            }
        }

        private IEnumerable<Used> InMinute(TimeSpan more) => _used.Where(one => one.At > _now - Minute - more);

        private Used[] Running() => [.. _used.Where(static one => one.IsRunning)];
    }

    private sealed record Used(string Id, DateTimeOffset At)
    {
        public long Tokens { get; set; }

        public bool IsRunning { get; set; } = true;
    }
}
