using System.Globalization;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;

namespace FlowGpt.ApiFrontend.Dialects;

/// <summary>Which page of a list a client asks for, and how a page is written.</summary>
/// <param name="Limit">Most elements.</param>
/// <param name="IsAscending">Whether the oldest come first.</param>
/// <param name="After">The element after which the page begins; null for the first page.</param>
internal sealed record PageQuery(int Limit, bool IsAscending, string? After)
{
    private const int DefaultLimit = 20;
    private const int MostElements = 100;

    /// <summary>Reads which page is asked for. Null when all is well, else the first problem.</summary>
    /// <param name="query">The query of the request.</param>
    /// <param name="isAscending">The order when the request names none.</param>
    /// <param name="asked">The page.</param>
    public static ApiError? Read(IQueryCollection query, bool isAscending, out PageQuery asked)
    {
        var limit = DefaultLimit;
        asked = new PageQuery(limit, isAscending, query["after"].ToString() is { Length: > 0 } after ? after : null);
        if (
            query["limit"].ToString() is { Length: > 0 } text
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > MostElements)
        )
        {
            return RequestErrors.OutOfRange(
                "limit",
                integer: true,
                above: limit > MostElements,
                limit > MostElements ? "100" : "1",
                RequestErrors.Shorten(text)
            );
        }

        var order = query["order"].ToString();
        asked = asked with { Limit = limit, IsAscending = order.Length == 0 ? isAscending : order == "asc" };
        return order is "" or "asc" or "desc" ? null : RequestErrors.InvalidValue("order", order, "'asc' and 'desc'");
    }

    /// <summary>The page out of all elements, the oldest first.</summary>
    /// <param name="all">All elements.</param>
    /// <param name="idOf">The id of an element.</param>
    /// <param name="isAfterUnknown">Whether the element is not there after which the page was to begin.</param>
    /// <typeparam name="T">An element.</typeparam>
    public (IReadOnlyList<T> Page, bool HasMore) Cut<T>(IReadOnlyList<T> all, Func<T, string> idOf, out bool isAfterUnknown)
    {
        var ordered = (IsAscending ? all : all.Reverse()).ToList();
        var first = After is null ? 0 : ordered.FindIndex(element => idOf(element) == After) + 1;
        isAfterUnknown = After is not null && first == 0;
        return ([.. ordered.Skip(first).Take(Limit)], ordered.Count > first + Limit);
    }

    /// <summary>Writes a page.</summary>
    public static void Write<T>(
        Utf8JsonWriter json,
        IReadOnlyList<T> page,
        Func<T, string?> idOf,
        bool hasMore,
        Action<Utf8JsonWriter, T> write
    )
    {
        json.WriteStartObject();
        json.WriteString("object"u8, "list"u8);
        json.WriteStartArray("data"u8);
        foreach (var element in page)
        {
            write(json, element);
        }

        json.WriteEndArray();
        json.WriteString("first_id"u8, page.Count == 0 ? null : idOf(page[0]));
        json.WriteString("last_id"u8, page.Count == 0 ? null : idOf(page[^1]));
        json.WriteBoolean("has_more"u8, hasMore);
        json.WriteEndObject();
    }
}
