using System.Text.Json;

namespace FlowGpt.Grains.Upstreams.Decorators.Schema;

/// <summary>Follows a reference inside a schema, such as <c>#/$defs/name</c>. Pure.</summary>
internal static class SchemaPointer
{
    /// <summary>What the reference names; null when the schema has no such place.</summary>
    public static JsonElement? Find(JsonElement root, string reference)
    {
        if (!reference.StartsWith('#'))
        {
            return null;
        }

        var found = root;
        foreach (var step in reference[1..].Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var name = Uri.UnescapeDataString(step)
                .Replace("~1", "/", StringComparison.Ordinal)
                .Replace("~0", "~", StringComparison.Ordinal);
            if (found.ValueKind == JsonValueKind.Object && found.TryGetProperty(name, out var member))
            {
                found = member;
            }
            else if (
                found.ValueKind == JsonValueKind.Array
                && int.TryParse(name, out var index)
                && index >= 0
                && index < found.GetArrayLength()
            )
            {
                found = found[index];
            }
            else
            {
                return null;
            }
        }

        return found;
    }
}
