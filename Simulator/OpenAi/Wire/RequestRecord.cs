using FlowGpt.Simulator.Conversations;

namespace FlowGpt.Simulator.OpenAi.Wire;

/// <summary>What the truth keeps of every request.</summary>
internal static class RequestRecord
{
    public static OpenAiExchange Of(HttpRequest request, string body, string model) =>
        new()
        {
            Path = request.Path + request.QueryString,
            Headers = request
                .Headers.Where(static header => !header.Value.ToString().Contains("sk-sim-", StringComparison.Ordinal))
                .ToDictionary(static header => header.Key, static header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            Body = body,
            Model = model,
        };
}
