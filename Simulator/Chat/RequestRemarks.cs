using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Tokens;

namespace FlowGpt.Simulator.Chat;

/// <summary>Notes what is odd in a request.</summary>
internal static class RequestRemarks
{
    public static void Note(ChatCall call)
    {
        var request = call.Request;
        NoteHeaders(call.Account, call.Context.Request);
        Note(call.Account, string.IsNullOrEmpty(request.Model), Remark.NoModel);
        Note(call.Account, string.IsNullOrEmpty(request.PromptId), Remark.NoPromptId);
        Note(call.Account, !string.IsNullOrEmpty(request.UserId) && request.UserId != call.Account.Id, Remark.ForeignUserId);
        Note(
            call.Account,
            call.Conversation is not null && (request.History ?? (object?)request.System) is not null,
            Remark.BothContextModes
        );
        Note(call.Account, IsRepeated(call), Remark.QuestionRepeated);
    }

    public static void NoteHeaders(Account account, HttpRequest request)
    {
        var headers = request.Headers;
        Note(account, headers.Origin.Count == 0, Remark.NoOrigin);
        Note(account, headers.Referer.Count == 0, Remark.NoReferer);
        Note(account, headers["x-flow-language"].Count == 0, Remark.NoLanguage);
        Note(
            account,
            request.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) != true,
            Remark.NotJsonContent
        );
        if (headers["x-flow-device-id"] is [{ } device])
        {
            account.SawDevice(device);
            Note(account, !NanoId.IsWellFormed(device), Remark.MalformedDeviceId);
        }
        else
        {
            Note(account, true, Remark.NoDeviceId);
        }
    }

    public static void Note(Account account, bool applies, Remark remark)
    {
        if (applies)
        {
            account.CountRemark(remark);
        }
    }

    private static bool IsRepeated(ChatCall call) =>
        call.Conversation is { } conversation
            ? conversation.EndsWithUser(call.Request.Question!)
            : call.Request.History is [.., { Role: "user" } last] && last.Content == call.Request.Question;
}
