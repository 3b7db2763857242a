using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Upstreams.Anthropic;

/// <summary>Members of a block that only this dialect knows, such as <c>cache_control</c>.</summary>
internal static class BlockMarks
{
    /// <summary>The members that this item holds for the item before; null for any other item.</summary>
    public static string? Of(Item item) => item is OpaqueItem { Dialect: DialectNames.AnthropicMarks } mark ? mark.Json : null;

    /// <summary>The members that this part holds for the part before; null for any other part.</summary>
    public static string? Of(Part part) => part is OpaquePart { Dialect: DialectNames.AnthropicMarks } mark ? mark.Json : null;

    /// <summary>The members of a result's own block; null when there are none.</summary>
    public static string? Of(ToolResultItem result) =>
        result.Parts is [.., OpaquePart { Dialect: DialectNames.AnthropicResultMarks } mark] ? mark.Json : null;

    /// <summary>Writes the members into the block that is being written.</summary>
    public static void Write(Utf8JsonWriter json, string? mark)
    {
        if (mark is null)
        {
            return;
        }

        using var members = JsonDocument.Parse(mark);
        foreach (var member in members.RootElement.EnumerateObject())
        {
            member.WriteTo(json);
        }
    }
}
