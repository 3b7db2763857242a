using FlowGpt.Grains.Interfaces.Usage;

namespace FlowGpt.ApiFrontend.Usage;

/// <summary>
/// Answers usage queries from the days' roll-ups. The cost is that of the days, keys, models and accounts asked for, however many requests there
/// were. Thread-safe.
/// </summary>
internal sealed class UsageReader(IGrainFactory grains)
{
    /// <summary>The longest time that one answer may cover.</summary>
    public static readonly TimeSpan LongestRange = TimeSpan.FromDays(366);

    // More at once would only queue in the silos.
    private const int DaysAtOnce = 16;

    /// <summary>The first buckets of what was asked.</summary>
    public async Task<UsagePage> ReadAsync(UsageQuestion question)
    {
        var width = question.Width ?? UsageBucketWidth.Day;
        var end = question.Width is null ? question.End : EndOfPage(question, width);
        var pieces = new List<UsageBucket>();
        var unheard = 0;
        foreach (var days in RollUps(question.Start, end, question.Calendar).Chunk(DaysAtOnce))
        {
            var answers = await Task.WhenAll(days.Select(day => AskAsync(question, width, day.Start, day.End)));
            foreach (var (day, answer) in days.Zip(answers))
            {
                unheard += answer.LedgersUnheard;
                AddPieces(pieces, width, day.Start, day.End, answer);
            }
        }

        if (question.Width is null)
        {
            return new UsagePage([Merge(question.Start, question.End, pieces)], null, unheard);
        }

        return new UsagePage(Buckets(question, end, width, pieces), end < question.End ? end : null, unheard);
    }

    /// <summary>Adds up what several roll-ups have of one day of the calendar.</summary>
    private static List<UsageBucket> Buckets(UsageQuestion question, DateTimeOffset end, UsageBucketWidth width, List<UsageBucket> pieces)
    {
        var buckets = new List<UsageBucket>();
        var taken = 0;
        for (var start = question.Start; start < end; )
        {
            var next = question.Calendar.EndOf(start, width);
            next = next < end ? next : end;
            var first = taken;
            while (taken < pieces.Count && pieces[taken].Start < next)
            {
                taken++;
            }

            buckets.Add(taken - first == 1 ? pieces[first] : Merge(start, next, pieces[first..taken]));
            start = next;
        }

        return buckets;
    }

    private Task<UsageDayAnswer> AskAsync(UsageQuestion question, UsageBucketWidth width, DateTimeOffset start, DateTimeOffset end)
    {
        var fromHour = start.Hour;
        return grains
            .GetGrain<IUsageSummaryGrain>(IUsageSummaryGrain.KeyOf(start))
            .Query(
                new UsageDayQuery(
                    width,
                    question.Grouping,
                    fromHour,
                    fromHour + (int)(end - start).TotalHours,
                    question.ClientKeyIds,
                    question.Models,
                    question.Accounts
                )
            )
            .AsTask();
    }

    private static DateTimeOffset EndOfPage(UsageQuestion question, UsageBucketWidth width)
    {
        var end = question.Start;
        for (var buckets = 0; buckets < question.Limit && end < question.End; buckets++)
        {
            end = question.Calendar.EndOf(end, width);
        }

        return end < question.End ? end : question.End;
    }

    /// <summary>Stretches that lie in one roll-up and in one day of the calendar.</summary>
    internal static IEnumerable<(DateTimeOffset Start, DateTimeOffset End)> RollUps(
        DateTimeOffset start,
        DateTimeOffset end,
        UsageCalendar calendar
    )
    {
        while (start < end)
        {
            var next = calendar.EndOf(start, UsageBucketWidth.Day);
            next = UsageTimes.NextRollUp(start) is var rollUp && rollUp < next ? rollUp : next;
            next = next < end ? next : end;
            yield return (start, next);
            start = next;
        }
    }

    private static void AddPieces(
        List<UsageBucket> pieces,
        UsageBucketWidth width,
        DateTimeOffset start,
        DateTimeOffset end,
        UsageDayAnswer answer
    )
    {
        if (width == UsageBucketWidth.Day)
        {
            pieces.Add(new UsageBucket(start, end, answer.Rows));
            return;
        }

        for (var hour = start; hour < end; hour += UsageTimes.Hour)
        {
            pieces.Add(new UsageBucket(hour, hour + UsageTimes.Hour, [.. answer.Rows.Where(row => row.Hour == hour.Hour)]));
        }
    }

    private static UsageBucket Merge(DateTimeOffset start, DateTimeOffset end, List<UsageBucket> buckets)
    {
        var sums = new Dictionary<(string?, string?, string?), UsageRow>();
        foreach (var row in buckets.SelectMany(static bucket => bucket.Rows))
        {
            var group = (row.ClientKeyId, row.Model, row.Account);
            if (!sums.TryGetValue(group, out var sum))
            {
                sums.Add(group, sum = row with { Hour = 0, Figures = new UsageFigures() });
            }

            sum.Figures.Add(row.Figures);
        }

        var ordered = sums
            .Values.OrderBy(static row => row.ClientKeyId, StringComparer.Ordinal)
            .ThenBy(static row => row.Model, StringComparer.Ordinal)
            .ThenBy(static row => row.Account, StringComparer.Ordinal);
        return new UsageBucket(start, end, [.. ordered]);
    }
}
