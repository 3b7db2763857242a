using System.Globalization;

namespace FlowGpt.Grains.Interfaces.Audit;

/// <summary>
/// One part of the log of what operators did on one day (UTC). Key: <see cref="KeyOf"/>. A part is bounded, since it is written as a whole for
/// each entry; when a part is full, further entries go to the next part. A part deletes itself when its retention has elapsed.
/// </summary>
[Alias("flowgpt.IAuditGrain")]
public interface IAuditGrain : IGrainWithStringKey
{
    /// <summary>The most entries of a part.</summary>
    const int Capacity = 200;

    /// <summary>The most parts of a day: beyond them nothing is logged, and so nothing is done, until the next day.</summary>
    const int MostParts = 100;

    /// <summary>The key of a part.</summary>
    static string KeyOf(DateOnly day, int part) => string.Create(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd}/{part}");

    /// <summary>
    /// Notes that something begins, durably when the call returns. Returns the entry's position, or null when the part is full. Not
    /// idempotent: after a call that threw an entry may stand there without a status.
    /// </summary>
    [Alias("begin")]
    ValueTask<int?> Begin(AuditEntry entry);

    /// <summary>Notes how it ended. Idempotent; ignored for an entry that is not there.</summary>
    [Alias("end")]
    ValueTask End(int position, int status);

    /// <summary>The part as it is stored.</summary>
    [Alias("read")]
    ValueTask<AuditPart> Read();
}
