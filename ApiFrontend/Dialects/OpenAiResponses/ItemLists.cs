using System.Globalization;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.Grains.Interfaces.Conversations;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>Lists of items: how a client asks for a page, and how a page is written.</summary>
internal static class ItemLists
{
    private const int DefaultLimit = 20;
    private const int MostItems = 100;

    /// <summary>Reads which page is asked for. Null when all is well, else the first problem.</summary>
    public static ApiError? Read(IQueryCollection query, out ItemQuery asked)
    {
        var limit = DefaultLimit;
        asked = new ItemQuery(limit, false, query["after"].ToString() is { Length: > 0 } after ? after : null);
        if (
            query["limit"].ToString() is { Length: > 0 } text
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > MostItems)
        )
        {
            return RequestErrors.OutOfRange(
                "limit",
                integer: true,
                above: limit > MostItems,
                limit > MostItems ? "100" : "1",
                RequestErrors.Shorten(text)
            );
        }

        var order = query["order"].ToString();
        asked = asked with { Limit = limit, IsAscending = order == "asc" };
        return order is "" or "asc" or "desc" ? null : RequestErrors.InvalidValue("order", order, "'asc' and 'desc'");
    }

    public static void Write(Utf8JsonWriter json, ItemPage page)
    {
        json.WriteStartObject();
        json.WriteString("object"u8, "list"u8);
        json.WriteStartArray("data"u8);
        foreach (var item in page.Items)
        {
            ItemWriter.Write(json, item);
        }

        json.WriteEndArray();
        json.WriteString("first_id"u8, page.Items.IsEmpty ? null : page.Items[0].Id);
        json.WriteString("last_id"u8, page.Items.IsEmpty ? null : page.Items[^1].Id);
        json.WriteBoolean("has_more"u8, page.HasMore);
        json.WriteEndObject();
    }
}
