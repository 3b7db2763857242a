namespace FlowGpt.ApiFrontend.Errors;

/// <summary>Errors about what is stored. Another client's id and an unknown id give the same error.</summary>
internal static class StoredErrors
{
    /// <summary>The code of a turn whose parent is not its conversation's latest; no client sees it.</summary>
    public const string NotLatest = "response_not_latest";

    /// <summary>The code of what cannot be stored since as much is stored for the client key as may be.</summary>
    public const string Full = "storage_quota_exceeded";

    public static ApiError NoRoom(long limit) =>
        new(
            StatusCodes.Status403Forbidden,
            ErrorTypes.InvalidRequest,
            Full,
            "items",
            string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"The conversations and responses of this key would take more than the {limit} bytes that are stored for it. Delete some: DELETE /v1/responses/{{id}}, DELETE /v1/conversations/{{id}}."
            )
        )
        {
            ShouldRetry = false,
        };

    public static ApiError NoResponse(string id) => GatewayErrors.NotFound($"Response with id '{RequestErrors.Shorten(id)}' not found.");

    public static ApiError NoCompletion(string id) =>
        GatewayErrors.NotFound($"Chat completion with id '{RequestErrors.Shorten(id)}' not found.") with
        {
            Param = "completion_id",
        };

    public static ApiError NoConversation(string id) =>
        GatewayErrors.NotFound($"Conversation with id '{RequestErrors.Shorten(id)}' not found.");

    public static ApiError NoItem(string id) =>
        GatewayErrors.NotFound($"Item with id '{RequestErrors.Shorten(id)}' not found in conversation.");

    public static ApiError TooManyReferences(int most, int got) =>
        Caller(
            "array_above_max_length",
            "input",
            $"Invalid 'input': its items of the type 'item_reference' name items of {got} responses, but one request may name items of at most {most}. Go on from 'previous_response_id' or a 'conversation', or send the items themselves."
        );

    public static ApiError NoPreviousResponse(string id) =>
        Caller(
            "previous_response_not_found",
            "previous_response_id",
            $"Previous response with id '{RequestErrors.Shorten(id)}' not found, or it did not complete."
        );

    public static ApiError PreviousResponseRuns(string id) =>
        Caller(
            "invalid_value",
            "previous_response_id",
            $"The response '{RequestErrors.Shorten(id)}' has not ended yet; wait for its end, or cancel it."
        );

    public static ApiError ParentAndConversation { get; } =
        Caller(
            "mutually_exclusive_parameters",
            null,
            "Mutually exclusive parameters: 'previous_response_id' and 'conversation'. Send one of them."
        );

    public static ApiError Synchronous { get; } = Caller("invalid_value", null, "Cannot cancel a synchronous response.");

    public static ApiError Locked { get; } =
        Caller(
            "conversation_locked",
            "conversation",
            "Another process is currently operating on this conversation. Please retry in a few seconds."
        );

    /// <summary>The log of a response ends before the event that a reader names: its silo was lost.</summary>
    public static ApiError BeyondTheEnd(long last) =>
        Caller(
            "event_lost",
            "starting_after",
            string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"The response was interrupted on this side, and its events after number {last} are lost. Read it again with 'starting_after' of at most {last}."
            )
        );

    private static ApiError Caller(string code, string? param, string message) =>
        new(StatusCodes.Status400BadRequest, ErrorTypes.InvalidRequest, code, param, message);
}
