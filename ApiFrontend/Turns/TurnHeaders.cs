using FlowGpt.ApiFrontend.Errors;
using FlowGpt.Grains.Interfaces.Conversations;

namespace FlowGpt.ApiFrontend.Turns;

/// <summary>Request headers that say which turn this is.</summary>
internal readonly struct TurnHeaders
{
    /// <summary>Names the stored conversation that a turn belongs to.</summary>
    public const string ConversationIdHeader = "X-Conversation-Id";

    /// <summary>Lets a repeated request join the first request.</summary>
    public const string IdempotencyKeyHeader = "Idempotency-Key";

    private const int LongestIdempotencyKey = 255;

    private TurnHeaders(string? conversationId, string? idempotencyKey, ApiError? error)
    {
        ConversationId = conversationId;
        IdempotencyKey = idempotencyKey;
        Error = error;
    }

    public string? ConversationId { get; }

    public string? IdempotencyKey { get; }

    /// <summary>What is wrong with them; null when they are good.</summary>
    public ApiError? Error { get; }

    public static TurnHeaders Read(HttpRequest request)
    {
        var conversation = request.Headers[ConversationIdHeader];
        var key = request.Headers[IdempotencyKeyHeader];
        if (conversation.Count == 0 && key.Count == 0)
        {
            return default;
        }

        var error = conversation.Count > 1 ? Repeated(ConversationIdHeader) : CheckId(conversation, ConversationIdHeader);
        error ??= key.Count > 1 ? Repeated(IdempotencyKeyHeader) : CheckKey(key);
        return new TurnHeaders(conversation, key, error);
    }

    /// <summary>The conversation that header and body name; they must agree if both do.</summary>
    /// <param name="bodyId">What the body names; null when the body names none.</param>
    /// <param name="param">The body's field.</param>
    /// <param name="conversationId">The conversation; null when there is none.</param>
    public ApiError? ConversationIdWith(string? bodyId, string? param, out string? conversationId)
    {
        conversationId = ConversationId ?? bodyId;
        if (bodyId is null)
        {
            return null;
        }

        return ConversationId is not null && ConversationId != bodyId
            ? RequestErrors.Invalid(param!, $"it differs from the header {ConversationIdHeader}; send one of them.")
            : CheckId(bodyId, param!);
    }

    private static ApiError? CheckId(string? id, string param) =>
        id is null || ConversationKey.IsValidId(id)
            ? null
            : RequestErrors.Invalid(param, $"use 1 to {ConversationKey.MaxIdLength} letters, digits, '-', '_' or '.'.");

    private static ApiError? CheckKey(string? key) =>
        key is null || (key.Length is > 0 and <= LongestIdempotencyKey && !key.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            ? null
            : RequestErrors.Invalid(IdempotencyKeyHeader, $"use 1 to {LongestIdempotencyKey} printable ASCII characters.");

    private static ApiError Repeated(string header) => RequestErrors.Invalid(header, "the header is there more than once.");
}
