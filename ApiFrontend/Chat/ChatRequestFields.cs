using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Chat;

namespace FlowGpt.ApiFrontend.Chat;

/// <summary>The fields of a request while it is being read; rules that span fields come when all are known.</summary>
internal struct ChatRequestFields
{
    public string? Model;
    public ImmutableArray<ChatMessage> Messages;
    public bool? Stream;
    public bool HasStreamOptions;
    public bool IncludeUsage;
    public long? MaxTokens;
    public long? MaxCompletionTokens;
    public double? Temperature;
    public ImmutableArray<string> Stop;
    public string? ConversationId;
    public bool HasTools;
    public bool HasFunctions;
    public string? ToolChoice;
    public string? FunctionCall;
}
