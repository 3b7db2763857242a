using System.Text.Json;
using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Conversations;
using FlowGpt.Simulator.Hosting;
using FlowGpt.Simulator.Replies;
using FlowGpt.Simulator.Truth;

namespace FlowGpt.Simulator.Chat;

/// <summary><c>POST /v3/chat</c>.</summary>
internal sealed class ChatEndpoint(SimulatorState state, RequestGate gate, ReplySender sender)
{
    private static readonly IReadOnlyList<ContextMessage> NoMessages = [];

    private readonly ReplyComposer _composer = new();

    public async Task HandleAsync(HttpContext context)
    {
        state.Global.CountChat();
        var account = gate.Identify(context.Request, out var rejection);
        account?.CountChat();
        if (account is null || rejection is not null)
        {
            await RejectAsync(context, rejection!, ErrorShape.Message);
            return;
        }

        var request = await ReadAsync(context);
        if (request?.Question is not { Length: > 0 })
        {
            await RejectAsync(context, account, new Rejection(RejectReason.BadRequest, "question: a non-empty string is required"));
            return;
        }

        var conversation = FindConversation(request, account, out rejection);
        if (rejection is not null)
        {
            await RejectAsync(context, account, rejection);
            return;
        }

        await ServeAsync(context, account, request, conversation);
    }

    private static async ValueTask<ChatRequest?> ReadAsync(HttpContext context)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.BodyReader, ChatJson.Default.ChatRequest, context.RequestAborted);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task ServeAsync(HttpContext context, Account account, ChatRequest request, Conversation? conversation)
    {
        var arrived = state.Clock.GetUtcNow();
        var (tokens, characters) = PromptSize.Of(request);
        var behaviour = state.Behaviour.Resolve(account.Behaviour, null);
        if (account.Enter(arrived, tokens, characters, state.Options.LimitMode) is { } wait)
        {
            int? retryAfter = state.Options.RetryAfterOnLimit ? (int)Math.Ceiling(wait.TotalSeconds) : null;
            await ErrorBody.WriteAsync(context, 429, "Too many requests", behaviour.ErrorShape, retryAfter);
            return;
        }

        state.Changes.Pulse();
        var reply = _composer.Compose(new ReplyContext(request.Question!, () => Earlier(request, conversation)), behaviour);
        var progress = new ReplyProgress();
        var end = ReplyEnd.CutByClient;
        try
        {
            end = await sender.SendAsync(context, reply, behaviour, progress);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client went away: that is the outcome, not an error.
        }
        finally
        {
            Record(account, request, conversation, reply, progress.Sent, end, arrived);
        }
    }

    // Everything is recorded before the body ends, so whoever has read the end of a reply finds it in the truth, and its place free.
    private void Record(
        Account account,
        ChatRequest request,
        Conversation? conversation,
        Reply reply,
        SentText sent,
        ReplyEnd end,
        DateTimeOffset arrived
    )
    {
        var exchange = new Exchange(account.Name, conversation?.Id, request.Question!, reply, sent, end);
        state.Exchanges.Add(exchange);
        conversation?.Add(exchange);
        account.Leave(arrived, state.Clock.GetUtcNow(), end, sent);
        state.Changes.Pulse();
    }

    private static IReadOnlyList<ContextMessage> Earlier(ChatRequest request, Conversation? conversation)
    {
        if (conversation is not null)
        {
            return conversation.Messages();
        }

        var system = request.System is { } text ? [new ContextMessage("system", text)] : NoMessages;
        return [.. system, .. (request.History ?? []).Select(message => new ContextMessage(message.Role ?? "user", message.Content ?? ""))];
    }

    private Conversation? FindConversation(ChatRequest request, Account account, out Rejection? rejection)
    {
        rejection = null;
        if (string.IsNullOrEmpty(request.ConversationId))
        {
            return null;
        }

        if (state.Conversations.Find(request.ConversationId) is not { } conversation)
        {
            rejection = new Rejection(RejectReason.UnknownConversation, "Conversation not found");
            return null;
        }

        rejection =
            conversation.AccountId == account.Id
                ? null
                : new Rejection(RejectReason.ForeignConversation, "Conversation belongs to another user");
        return conversation;
    }

    private Task RejectAsync(HttpContext context, Account account, Rejection rejection)
    {
        account.CountRejected(rejection.Reason);
        return RejectAsync(context, rejection, state.Behaviour.Resolve(account.Behaviour, null).ErrorShape);
    }

    private Task RejectAsync(HttpContext context, Rejection rejection, ErrorShape shape)
    {
        state.Changes.Pulse();
        return ErrorBody.WriteAsync(context, rejection.Status, rejection.Message, shape);
    }
}
