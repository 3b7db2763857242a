using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Feed;

namespace FlowGpt.Grains.Feed;

/// <summary>Sums the reports of all frontends and keeps the latest requests. Bounded; time is an argument. Not thread-safe.</summary>
internal sealed class FeedBoard(DateTimeOffset since)
{
    /// <summary>Most requests kept.</summary>
    public const int Capacity = 2000;

    /// <summary>A frontend that has not reported for this long is gone.</summary>
    public static readonly TimeSpan SilentFor = TimeSpan.FromSeconds(30);

    private const int MostFrontends = 1000;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, (int Active, DateTimeOffset At)> _frontends = new(StringComparer.Ordinal);
    private readonly Queue<(DateTimeOffset At, ImmutableDictionary<string, long> Errors)> _errors = new();
    private readonly RequestRecord[] _requests = new RequestRecord[Capacity];
    private long _taken;
    private FeedCounts _counts;

    /// <summary>Takes a report.</summary>
    public void Take(FrontendReport report, DateTimeOffset now)
    {
        Forget(now);
        if (_frontends.Count < MostFrontends || _frontends.ContainsKey(report.Frontend))
        {
            _frontends[report.Frontend] = (report.Active, now);
        }

        _counts += report.Counts;
        if (!report.Errors.IsEmpty)
        {
            _errors.Enqueue((now, report.Errors));
        }

        foreach (var request in report.Requests)
        {
            _requests[_taken++ % Capacity] = request;
        }
    }

    /// <summary>The sums.</summary>
    public FeedSnapshot Snapshot(DateTimeOffset now)
    {
        Forget(now);
        var latest = Latest().TakeWhile(one => one.Request.At > now - Minute).Select(static one => one.Request).ToArray();
        return new(
            now,
            since,
            _frontends.Count,
            _frontends.Values.Sum(static one => one.Active),
            _counts,
            _errors
                .SelectMany(static one => one.Errors)
                .GroupBy(static one => one.Key, static one => one.Value)
                .ToImmutableDictionary(static one => one.Key, static one => one.Sum()),
            Quantiles(latest.Where(static one => one.Outcome == "completed").Select(static one => one.Duration)),
            Quantiles(latest.Select(static one => one.TimeToFirstToken).OfType<TimeSpan>()),
            latest.Length
        );
    }

    /// <summary>The latest requests that match.</summary>
    public RequestPage Find(RequestQuery query)
    {
        var found = ImmutableArray.CreateBuilder<RequestRecord>();
        long last = 0;
        foreach (var (position, request) in Latest())
        {
            if (position >= query.Before || !Matches(request, query))
            {
                continue;
            }

            if (found.Count == query.Limit)
            {
                return new(found.ToImmutable(), last);
            }

            found.Add(request);
            last = position;
        }

        return new(found.ToImmutable(), null);
    }

    private static bool Matches(RequestRecord request, RequestQuery query) =>
        (query.Id is null || request.Id == query.Id || request.ResponseId == query.Id)
        && (query.KeyId is null || request.KeyId == query.KeyId)
        && (query.Model is null || request.Model == query.Model)
        && (query.Account is null || request.Account == query.Account || request.EarlierAccounts?.Contains(query.Account) == true)
        && (query.Outcome is null || request.Outcome == query.Outcome)
        && (query.Error is null || request.Error == query.Error);

    private IEnumerable<(long Position, RequestRecord Request)> Latest()
    {
        for (var position = _taken - 1; position >= 0 && position >= _taken - Capacity; position--)
        {
            yield return (position, _requests[position % Capacity]);
        }
    }

    private void Forget(DateTimeOffset now)
    {
        while (_errors.TryPeek(out var oldest) && oldest.At <= now - Minute)
        {
            _errors.Dequeue();
        }

        foreach (var (frontend, _) in _frontends.Where(one => one.Value.At <= now - SilentFor).ToArray())
        {
            _frontends.Remove(frontend);
        }
    }

    private static FeedQuantiles Quantiles(IEnumerable<TimeSpan> durations)
    {
        var sorted = durations.Order().ToArray();
        return sorted.Length == 0 ? default : new(At(sorted, 0.5), At(sorted, 0.95), At(sorted, 0.99));
    }

    private static double At(TimeSpan[] sorted, double share) => sorted[(int)Math.Ceiling(share * sorted.Length) - 1].TotalSeconds;
}
