using System.Text.Json;
using FlowGpt.Grains.Tokens;

namespace FlowGpt.Grains.LeasedCalls;

/// <summary>Counts the tokens of embedding inputs. Pure.</summary>
internal static class EmbeddingTokens
{
    /// <summary>Tokens of all texts, and one token for each token number. The input is JSON that the frontend has checked.</summary>
    public static int Count(string input, TokenCounter counter)
    {
        using var document = JsonDocument.Parse(input);
        return (int)Math.Min(int.MaxValue, Count(document.RootElement, counter));
    }

    private static long Count(JsonElement element, TokenCounter counter) =>
        element.ValueKind switch
        {
            JsonValueKind.String => counter.Count(element.GetString()!),
            JsonValueKind.Array => element.EnumerateArray().Sum(one => Count(one, counter)),
            _ => 1,
        };
}
