using System.Text.Json;

namespace FlowGpt.Grains.Interfaces.Items;

/// <summary>
/// Finds the fields that name state which a provider of OpenAI's protocols holds: all clients of an account share that state, so no such name from a client may reach the provider. Pure.
/// </summary>
public static class ProviderState
{
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "file_id",
        "file_ids",
        "vector_store_id",
        "vector_store_ids",
        "container_id",
        "connector_id",
        "previous_response_id",
        "conversation",
        "prompt",
    };

    /// <summary>Whether any member of a value, however deep, names such state.</summary>
    public static bool IsNamedIn(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => value
                .EnumerateObject()
                .Any(static member =>
                    Names.Contains(member.Name)
                    || (member.NameEquals("container"u8) && member.Value.ValueKind == JsonValueKind.String)
                    || IsNamedIn(member.Value)
                ),
            JsonValueKind.Array => value.EnumerateArray().Any(IsNamedIn),
            _ => false,
        };
}
