using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.Grains.Interfaces.Conversations;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>Lists of items: how a client asks for a page, and how a page is written.</summary>
internal static class ItemLists
{
    /// <summary>Reads which page is asked for. Null when all is well, else the first problem.</summary>
    public static ApiError? Read(IQueryCollection query, out ItemQuery asked)
    {
        var error = PageQuery.Read(query, isAscending: false, out var page);
        asked = new ItemQuery(page.Limit, page.IsAscending, page.After);
        return error;
    }

    public static void Write(Utf8JsonWriter json, ItemPage page) =>
        PageQuery.Write(json, page.Items, static item => item.Id, page.HasMore, ItemWriter.Write);
}
