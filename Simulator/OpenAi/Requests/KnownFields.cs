using System.Text.Json;

namespace FlowGpt.Simulator.OpenAi.Requests;

/// <summary>The fields that requests are known to have.</summary>
internal static class KnownFields
{
    private static readonly HashSet<string> Chat =
    [
        "model",
        "messages",
        "stream",
        "stream_options",
        "max_tokens",
        "max_completion_tokens",
        "stop",
        "temperature",
        "top_p",
        "n",
        "seed",
        "presence_penalty",
        "frequency_penalty",
        "logprobs",
        "top_logprobs",
        "response_format",
        "tools",
        "tool_choice",
        "parallel_tool_calls",
        "functions",
        "function_call",
        "reasoning_effort",
        "verbosity",
        "metadata",
        "store",
        "service_tier",
        "user",
        "safety_identifier",
        "prompt_cache_key",
        "logit_bias",
        "modalities",
        "prediction",
        "audio",
        "web_search_options",
    ];

    private static readonly HashSet<string> Embeddings = ["model", "input", "encoding_format", "dimensions", "user"];

    public static Dictionary<string, string> OthersInChat(JsonElement body) => Others(body, Chat);

    public static Dictionary<string, string> OthersInEmbeddings(JsonElement body) => Others(body, Embeddings);

    private static Dictionary<string, string> Others(JsonElement body, HashSet<string> known)
    {
        var others = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in body.EnumerateObject().Where(field => !known.Contains(field.Name)))
        {
            others[field.Name] = field.Value.GetRawText();
        }

        return others;
    }
}
