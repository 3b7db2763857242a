using System.Globalization;
using FlowGpt.Grains.Interfaces.Audit;

namespace FlowGpt.ApiFrontend.Admin.Audit;

/// <summary>The position of an entry, read from its id.</summary>
internal sealed record AuditPosition(DateOnly Day, int Part, int Index)
{
    /// <summary>Reads an entry's id; null when it is none.</summary>
    public static AuditPosition? Parse(string id) =>
        id.Split('/') is [var day, var part, var index]
        && DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
        && int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var place)
        && place < IAuditGrain.MostParts
        && int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            ? new(date, place, position)
            : null;
}
