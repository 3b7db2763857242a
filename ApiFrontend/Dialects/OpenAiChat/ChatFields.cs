using System.Buffers;
using System.Collections.Immutable;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiChat;

/// <summary>The fields of a request while the body is being read; rules that span fields come when all are known.</summary>
internal struct ChatFields
{
    /// <summary>The bytes that the reader goes over, for values that are kept as JSON.</summary>
    public ReadOnlySequence<byte> Body;

    /// <summary>Whether unknown fields are refused.</summary>
    public bool Strict;

    public string? Model;
    public ImmutableArray<Item> Input;
    public bool? Stream;
    public bool HasStreamOptions;
    public bool IncludeUsage;
    public string? ConversationId;
    public bool? Store;

    /// <summary>Where <c>metadata</c> is in <see cref="Body"/>; both 0 when there is none.</summary>
    public long MetadataStart;
    public long MetadataEnd;

    public long? MaxTokens;
    public long? MaxCompletionTokens;
    public ImmutableArray<string> Stop;
    public double? Temperature;
    public double? TopP;
    public double? PresencePenalty;
    public double? FrequencyPenalty;
    public long? Seed;
    public bool? Logprobs;
    public long? TopLogprobs;
    public string? ReasoningEffort;
    public string? Verbosity;
    public bool? ParallelToolCalls;

    public ImmutableArray<ToolDefinition> Tools;
    public ImmutableArray<ToolDefinition> Functions;
    public ToolChoice? ToolChoice;
    public ToolChoice? FunctionCall;
    public ResponseFormat? Format;

    /// <summary>The path of the first <c>tool_call_id</c> that no message before calls; null when there is none.</summary>
    public string? UnknownCall;

    /// <summary>Where images, files and audio are; null while there are none.</summary>
    public PartPlaces? Places;

    /// <summary>Fields that the gateway does not know, as the members of a JSON object; null while there are none.</summary>
    public ArrayBufferWriter<byte>? Unknown;
}
