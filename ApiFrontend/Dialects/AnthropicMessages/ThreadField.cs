using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;

namespace FlowGpt.ApiFrontend.Dialects.AnthropicMessages;

/// <summary>The field <c>thread</c>: a server that keeps the history. To ignore the field would lose the history without a word.</summary>
internal static class ThreadField
{
    private const string Name = "thread";

    /// <summary>Refuses a request that has the field, in the form at which clients send the whole history.</summary>
    public static void Refuse(RequestField root)
    {
        if (root[Name].IsGiven)
        {
            root.Refuse(
                new ApiError(
                    StatusCodes.Status400BadRequest,
                    ErrorTypes.InvalidRequest,
                    MessagesErrors.ThreadUnsupported,
                    Name,
                    "Threads are not kept here; send the whole history in 'messages'."
                )
            );
        }
    }
}
