using System.Collections.Immutable;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Conversations;

namespace FlowGpt.Grains.Conversations.Listing;

/// <summary>Whether a listed response is among those that a client wants to see, and whether a page has room for another response. Pure.</summary>
internal static class ListMatch
{
    private const int MostOfAPage = 100;
    private const int MostBytesOfAPage = 48 * 1024;

    /// <summary>Whether the response has the route and the notes of the query.</summary>
    public static bool IsAsked(ListedResponse response, ListQuery query) =>
        (query.Route is null || query.Route == response.Route) && (query.Metadata.IsEmpty || HasAll(response.Metadata, query.Metadata));

    /// <summary>Whether a page is full, so that the next response begins a new page.</summary>
    public static bool IsFull(ResponseListPage page) =>
        page.Responses.Count >= MostOfAPage
        || page.Responses.Sum(static one => one.ResponseId.Length + one.Metadata.Length) >= MostBytesOfAPage;

    private static bool HasAll(string metadata, ImmutableDictionary<string, string> wanted)
    {
        using var notes = JsonDocument.Parse(metadata);
        foreach (var (name, value) in wanted)
        {
            if (!notes.RootElement.TryGetProperty(name, out var note) || note.ValueKind != JsonValueKind.String || !note.ValueEquals(value))
            {
                return false;
            }
        }

        return true;
    }
}
