using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Json;
using FlowGpt.Simulator.Signatures;
using FlowGpt.Simulator.Truth;

namespace FlowGpt.Simulator.Chat;

/// <summary>What a chat request has to satisfy before any account is charged for it.</summary>
internal sealed class ChatChecks(SimulatorState state, SignatureChecker signatures)
{
    /// <summary>Reads the body and its directives.</summary>
    public ChatCall? Open(HttpContext context, Account account, JsonBody<ChatRequest> body, out Rejection? rejection)
    {
        rejection = null;
        if (body.Value is not { } request)
        {
            rejection = new Rejection(RejectReason.BadRequest, $"{body.Field} {body.Problem}");
            return null;
        }

        if (string.IsNullOrEmpty(request.Question))
        {
            rejection = new Rejection(RejectReason.BadRequest, "question must be a non-empty string");
            return null;
        }

        var directive = DirectiveParser.Parse(request.Question);
        if (directive.Problem is { } problem)
        {
            rejection = new Rejection(RejectReason.BadRequest, problem);
            return null;
        }

        return new ChatCall
        {
            Context = context,
            Account = account,
            Request = request,
            Question = directive.Question,
            Directives = directive.Settings,
            Behaviour = state.Behaviour.Resolve(account.Behaviour, directive.Settings),
        };
    }

    /// <summary>Checks signature and conversation, and notes what is odd but not refused.</summary>
    public Rejection? Check(ChatCall call)
    {
        var verdict = signatures.Check(call.Context.Request.Headers, state.Clock.GetUtcNow());
        call.Account.CountSignature(verdict);
        if (signatures.Refuses(verdict.Fault))
        {
            return new Rejection(RejectReason.BadSignature, $"Signature refused: {KebabName<SignatureFault>.Of(verdict.Fault)}");
        }

        var rejection = FindConversation(call);
        if (rejection is null)
        {
            RequestRemarks.Note(call);
        }

        return rejection;
    }

    private Rejection? FindConversation(ChatCall call)
    {
        if (string.IsNullOrEmpty(call.Request.ConversationId))
        {
            return null;
        }

        call.Conversation = state.Conversations.Find(call.Request.ConversationId);
        return call.Conversation switch
        {
            null => new Rejection(RejectReason.UnknownConversation, "Conversation not found"),
            var found when found.AccountId != call.Account.Id => new Rejection(
                RejectReason.ForeignConversation,
                "Conversation belongs to another user"
            ),
            _ => null,
        };
    }
}
