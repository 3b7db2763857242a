using FlowGpt.Admin.Contracts.Audit;
using FlowGpt.Grains.Interfaces.Audit;

namespace FlowGpt.ApiFrontend.Admin.Audit;

/// <summary>The log of what operators did, over all its days and parts. Thread-safe.</summary>
internal sealed class AuditLog(IGrainFactory grains, TimeProvider time)
{
    private const int MostLookedAt = 5000;

    // The part of the day that was last written to: most often it has room. Others write too, so it is only where to begin.
    private volatile Place _last = new(default, 0);

    /// <summary>Notes that something begins; it is stored when this returns. Null when the day's log is full.</summary>
    public async Task<AuditTicket?> BeginAsync(AuditEntry entry)
    {
        var day = DateOnly.FromDateTime(entry.At.UtcDateTime);
        var last = _last;
        for (var part = last.Day == day ? last.Part : 0; part < IAuditGrain.MostParts; part++)
        {
            var grain = Part(day, part);
            if (await grain.Begin(entry) is { } position)
            {
                _last = new(day, part);
                return new(grain, position);
            }
        }

        return null;
    }

    /// <summary>A page of the log, newest first.</summary>
    /// <param name="before">Only entries older than this entry; null begins with the newest.</param>
    /// <param name="limit">The most entries.</param>
    /// <param name="matches">Which entries are wanted; a page ends after <see cref="MostLookedAt"/> entries, whether or not they match.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    public async Task<AuditPage> ReadAsync(
        AuditPosition? before,
        int limit,
        Func<AuditEntry, bool> matches,
        CancellationToken cancellationToken
    )
    {
        var page = new List<AuditEntry>(limit);
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);

        // A clock that runs ahead may have written into tomorrow.
        var day = before?.Day ?? today.AddDays(1);
        var part = before?.Part ?? await LastPartAsync(day);
        var end = before?.Index;
        var (last, looked) = ("", 0);
        while (page.Count < limit && looked < MostLookedAt)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var log = await Part(day, part).Read();
            for (var i = Math.Min(end ?? log.Entries.Length, log.Entries.Length) - 1; i >= 0 && page.Count < limit; i--)
            {
                last = log.Entries[i].Id;
                looked++;
                if (matches(log.Entries[i]))
                {
                    page.Add(log.Entries[i]);
                }
            }

            end = null;
            if (part > 0)
            {
                part--;
                continue;
            }

            day = day.AddDays(-1);
            if (today.DayNumber - day.DayNumber > log.Retention.TotalDays + 1)
            {
                break;
            }

            part = await LastPartAsync(day);
        }

        return new([.. page.Select(AuditAnswers.Of)], page.Count == limit || looked >= MostLookedAt ? last : null);
    }

    private async Task<int> LastPartAsync(DateOnly day)
    {
        var part = 0;
        while (part < IAuditGrain.MostParts - 1 && (await Part(day, part).Read()).IsFull)
        {
            part++;
        }

        return part;
    }

    private IAuditGrain Part(DateOnly day, int part) => grains.GetGrain<IAuditGrain>(IAuditGrain.KeyOf(day, part));

    private sealed record Place(DateOnly Day, int Part);
}
