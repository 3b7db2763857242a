using System.Collections.Frozen;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>Names of what a compatible server may lack. A pool lists those that its server lacks.</summary>
internal static class OpenAiQuirks
{
    /// <summary>No streams: the reply is asked for whole.</summary>
    public const string Stream = "stream";

    /// <summary>No <c>stream_options</c>: usage is not asked for.</summary>
    public const string StreamOptions = "stream_options";

    /// <summary>No <c>max_completion_tokens</c>: <c>max_tokens</c> is sent. With both names the limit is not sent at all.</summary>
    public const string MaxCompletionTokens = "max_completion_tokens";

    /// <summary>No <c>max_tokens</c>; matters only beside <see cref="MaxCompletionTokens"/>.</summary>
    public const string MaxTokens = "max_tokens";

    /// <summary>No role <c>developer</c>: <c>system</c> is sent.</summary>
    public const string DeveloperRole = "developer";

    /// <summary>No role <c>system</c> nor <c>developer</c>: <c>user</c> is sent.</summary>
    public const string SystemRole = "system";

    /// <summary>No <c>name</c> of a message.</summary>
    public const string Name = "name";

    /// <summary>No content as an array of text parts: the texts are joined.</summary>
    public const string ContentParts = "content_parts";

    public const string Tools = "tools";
    public const string CustomTools = "custom_tools";
    public const string ToolChoice = "tool_choice";

    /// <summary>No <c>allowed_tools</c>: only the allowed tools are sent.</summary>
    public const string AllowedTools = "allowed_tools";
    public const string ParallelToolCalls = "parallel_tool_calls";

    /// <summary>No <c>strict</c> of tools and schemas.</summary>
    public const string Strict = "strict";
    public const string JsonObject = "json_object";
    public const string JsonSchema = "json_schema";
    public const string Images = "images";
    public const string Files = "files";
    public const string Audio = "audio";
    public const string Logprobs = "logprobs";
    public const string Stop = "stop";
    public const string Temperature = "temperature";
    public const string TopP = "top_p";
    public const string PresencePenalty = "presence_penalty";
    public const string FrequencyPenalty = "frequency_penalty";
    public const string Seed = "seed";
    public const string ReasoningEffort = "reasoning_effort";
    public const string Verbosity = "verbosity";

    /// <summary>No <c>user</c>, <c>prompt_cache_key</c> and <c>safety_identifier</c>.</summary>
    public const string User = "user";

    /// <summary>No embeddings.</summary>
    public const string Embeddings = "embeddings";

    /// <summary>No <c>encoding_format</c> of embeddings: numbers are read.</summary>
    public const string EncodingFormat = "encoding_format";

    /// <summary>No <c>dimensions</c> of embeddings.</summary>
    public const string Dimensions = "dimensions";

    /// <summary>All names.</summary>
    public static FrozenSet<string> All { get; } =
        FrozenSet.Create(
            StringComparer.Ordinal,
            Stream,
            StreamOptions,
            MaxCompletionTokens,
            MaxTokens,
            DeveloperRole,
            SystemRole,
            Name,
            ContentParts,
            Tools,
            CustomTools,
            ToolChoice,
            AllowedTools,
            ParallelToolCalls,
            Strict,
            JsonObject,
            JsonSchema,
            Images,
            Files,
            Audio,
            Logprobs,
            Stop,
            Temperature,
            TopP,
            PresencePenalty,
            FrequencyPenalty,
            Seed,
            ReasoningEffort,
            Verbosity,
            User,
            Embeddings,
            EncodingFormat,
            Dimensions
        );
}
