using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Conversations;
using FlowGpt.Simulator.Json;
using FlowGpt.Simulator.Replies;
using FlowGpt.Simulator.Truth;

namespace FlowGpt.Simulator.Chat;

/// <summary><c>POST /v3/chat</c>: account, body, directives, signature, conversation, faults, limits, and then the reply, in this order.</summary>
internal sealed class ChatEndpoint(SimulatorState state, RequestGate gate, ChatChecks checks, ReplySender sender)
{
    private readonly ReplyComposer _composer = new();

    public async Task HandleAsync(HttpContext context)
    {
        state.Global.CountChat();
        var account = gate.Identify(context.Request, out var rejection);
        account?.CountChat();
        if (account is null || rejection is not null)
        {
            await AnswerAsync(context, rejection!, ErrorShape.Message);
            return;
        }

        var body = await JsonBody.ReadAsync(context, ChatJson.Default.ChatRequest);
        var call = checks.Open(context, account, body, out rejection);
        rejection ??= checks.Check(call!);
        if (rejection is not null)
        {
            account.CountRejected(rejection.Reason);
            await AnswerAsync(context, rejection, (call?.Behaviour ?? state.Behaviour.Resolve(account.Behaviour, null)).ErrorShape);
            return;
        }

        await TakeAsync(call!);
    }

    private async Task TakeAsync(ChatCall call)
    {
        call.Fault = state.Behaviour.TakeFault(
            call.Account.Behaviour,
            call.Directives,
            new FaultTarget(FaultRoute.Chat, call.Request.Model, call.Question)
        );
        if (call.Fault.Kind.IsRefusal())
        {
            call.Account.CountRejected(RejectReason.Fault);
            state.Changes.Pulse();
            await FaultAnswer.WriteAsync(call.Context, call.Fault, call.Behaviour.ErrorShape);
            return;
        }

        call.Arrived = state.Clock.GetUtcNow();
        var (tokens, characters) = PromptSize.Of(call.Request);
        if (call.Account.Enter(call.Arrived, tokens, characters, state.LimitMode) is { } wait)
        {
            state.Changes.Pulse();
            int? retryAfter = state.RetryAfterOnLimit ? (int)Math.Ceiling(wait.TotalSeconds) : null;
            await ErrorBody.WriteAsync(call.Context, 429, "Too many requests", call.Behaviour.ErrorShape, retryAfter);
            return;
        }

        await ServeAsync(call);
    }

    private async Task ServeAsync(ChatCall call)
    {
        state.Changes.Pulse();
        var reply = Reply.Nothing;
        try
        {
            if (call.Fault.Kind == FaultKind.None || call.Fault.Kind.IsAfter())
            {
                reply = _composer.Compose(new ReplyContext(call.Question, call.Earlier, call.Behaviour.OpenAi.Calls), call.Behaviour);
                await sender.SendAsync(call, reply);
            }
            else
            {
                call.Progress.End = ReplyEnd.CutByFault;
                await FaultAnswer.WriteAsync(call.Context, call.Fault, call.Behaviour.ErrorShape);
            }
        }
        catch (OperationCanceledException) when (call.Context.RequestAborted.IsCancellationRequested)
        {
            // The client went away: that is the outcome, not an error.
        }
        finally
        {
            Record(call, reply);
        }

        await BrokenEnding.RunAsync(call.Context, call.Fault.Kind);
    }

    // Everything is recorded before the body ends or breaks: a client that has read that far finds the request in the truth, and its place free.
    private void Record(ChatCall call, Reply reply)
    {
        var (sent, end) = (call.Progress.Sent, call.Progress.End);
        var exchange = new Exchange(call.Account.Name, call.Conversation?.Id, call.Request.Question!, reply, sent, end);
        state.Exchanges.Add(exchange);
        if (sent.Fragments > 0)
        {
            call.Conversation?.Add(exchange);
        }

        call.Account.Leave(call.Arrived, state.Clock.GetUtcNow(), end, sent);
        state.Changes.Pulse();
    }

    private Task AnswerAsync(HttpContext context, Rejection rejection, ErrorShape? shape)
    {
        state.Changes.Pulse();
        return ErrorBody.WriteAsync(context, rejection.Status, rejection.Message, shape);
    }
}
