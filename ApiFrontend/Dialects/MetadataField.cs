using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;

namespace FlowGpt.ApiFrontend.Dialects;

/// <summary>Checks <c>metadata</c>: at most 16 texts, each with a short name.</summary>
internal static class MetadataField
{
    private const int MostPairs = 16;
    private const int LongestKey = 64;
    private const int LongestValue = 512;

    public static void Check(RequestField metadata)
    {
        if (metadata.Object() is null)
        {
            return;
        }

        var count = 0;
        foreach (var pair in metadata.Value.EnumerateObject())
        {
            count++;
            if (pair.Name.Length > LongestKey)
            {
                metadata.Refuse(RequestErrors.StringTooLong(metadata.Path, LongestKey, pair.Name.Length));
            }

            var value = metadata[pair.Name];
            if (value.String(LongestValue) is null)
            {
                value.RefuseType("a string");
            }
        }

        if (count > MostPairs)
        {
            metadata.Refuse(RequestErrors.ObjectTooLarge(metadata.Path, MostPairs, count));
        }
    }
}
