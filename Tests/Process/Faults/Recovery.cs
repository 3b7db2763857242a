using System.Globalization;

namespace FlowGpt.Tests.Process.Faults;

/// <summary>The effects of a fault on the load: how many requests failed, and how long it took until everything was served again.</summary>
/// <param name="Fault">The name of the fault.</param>
/// <param name="StreamsInFlight">Streams whose clients had seen text.</param>
/// <param name="StreamsEnded">Of those, how many were ended by an error event.</param>
/// <param name="StreamsCut">Of those, how many lost their connection without an error event.</param>
/// <param name="SlowestError">Time from the fault to the last of those error events.</param>
/// <param name="LongestSilence">The longest pause in one of those streams, the time until its end included.</param>
/// <param name="Refused">Requests without text, sent before or after the fault, that got an error.</param>
/// <param name="FullService">Time from the fault until every later request was served without a delay.</param>
/// <param name="Outage">The longest time in which no client at all got an answer.</param>
internal sealed record Recovery(
    string Fault,
    int StreamsInFlight,
    int StreamsEnded,
    int StreamsCut,
    TimeSpan SlowestError,
    TimeSpan LongestSilence,
    int Refused,
    TimeSpan FullService,
    TimeSpan Outage
)
{
    /// <summary>Longer than a request waits in the queue of a busy pool.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(2);

    /// <summary>The head of a table of <see cref="ToRow"/>s.</summary>
    public const string Head =
        "| fault | full service after | longest time in which nobody got anything | streams in flight | ended by an error | slowest error | cut | other requests refused |\n"
        + "|---|---|---|---|---|---|---|---|";

    /// <summary>
    /// Whether a request was served noticeably later than by a whole cluster: a stream whose client waited for its first text, or for more of it; another reply that
    /// took that much longer than its upstream. A slow but steady stream is a sign of a busy machine, not of a fault.
    /// </summary>
    public static bool IsLate(LoadRequest request) => request.IsServed && LongestWait(request).Waited > Late;

    /// <summary>Judges the requests around a fault.</summary>
    /// <param name="fault">The fault's name.</param>
    /// <param name="at">When the fault was made, by <see cref="TimeProvider.System"/>.</param>
    /// <param name="requests">The load.</param>
    public static Recovery Of(string fault, long at, IReadOnlyList<LoadRequest> requests)
    {
        var streams = requests.Where(request => request.Spans(at) && request.HadTextAt(at)).ToArray();
        var errors = streams.Where(request => request.Outcome == LoadOutcome.ErrorEvent).ToArray();
        var others = requests.Where(request => request.IsOver && (request.StartedAfter(at) || request.Spans(at))).Except(streams).ToArray();
        return new Recovery(
            fault,
            streams.Length,
            errors.Length,
            streams.Count(request => request.Outcome == LoadOutcome.Cut),
            Longest(errors.Select(request => Since(at, request.EndedAt))),
            Longest(streams.Select(SilenceOf)),
            others.Count(request => !request.IsServed && request.Outcome != LoadOutcome.Left),
            Longest(others.Where(request => !request.IsServed || IsLate(request)).Select(request => Since(at, ServedAt(request)))),
            OutageOf(at, requests)
        );
    }

    public string ToRow() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"| {Fault} | {FullService.TotalSeconds:0.0} s | {Outage.TotalSeconds:0.0} s | {StreamsInFlight} | {StreamsEnded} | {SlowestError.TotalSeconds:0.0} s | {StreamsCut} | {Refused} |"
        );

    /// <summary>When a late request got what it waited for; for a failed request, its end.</summary>
    private static long ServedAt(LoadRequest request) => request.IsServed ? LongestWait(request).Until : request.EndedAt;

    private static (TimeSpan Waited, long Until) LongestWait(LoadRequest request)
    {
        if (!request.HasText)
        {
            return (request.Delay, request.EndedAt);
        }

        long[] times = [request.StartedAt, .. request.Texts, request.EndedAt];
        return times.Zip(times.Skip(1), static (from, until) => (Since(from, until), until)).MaxBy(static wait => wait.Item1);
    }

    private static TimeSpan SilenceOf(LoadRequest request)
    {
        var times = request.Texts.Append(request.EndedAt).ToArray();
        return Longest(times.Zip(times.Skip(1), Since));
    }

    private static TimeSpan OutageOf(long at, IReadOnlyList<LoadRequest> requests)
    {
        var served = requests.Where(request => request.IsServed).Select(request => request.EndedAt);
        var times = requests.SelectMany(request => request.Texts).Concat(served).Where(time => time > at).Prepend(at).Order().ToArray();
        return Longest(times.Zip(times.Skip(1), Since));
    }

    private static TimeSpan Since(long from, long to) => TimeProvider.System.GetElapsedTime(from, to);

    private static TimeSpan Longest(IEnumerable<TimeSpan> times) => times.DefaultIfEmpty().Max();
}
