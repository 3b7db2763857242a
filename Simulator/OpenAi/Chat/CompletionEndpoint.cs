using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Chat;
using FlowGpt.Simulator.Conversations;
using FlowGpt.Simulator.OpenAi.Models;
using FlowGpt.Simulator.OpenAi.Wire;
using FlowGpt.Simulator.Truth;

namespace FlowGpt.Simulator.OpenAi.Chat;

/// <summary><c>POST /chat/completions</c>, <c>POST /responses</c> and <c>POST /v1/messages</c>: key, body, directives, model, faults, limits, and then the reply, in this order.</summary>
internal sealed class CompletionEndpoint(SimulatorState state, KeyGate gate, ModelCatalog catalog, IChatWire wire)
{
    private readonly CompletionComposer _composer = new();

    public async Task HandleAsync(HttpContext context)
    {
        ApiResponse.Begin(context);
        state.Global.CountChat();
        var deployment = context.Request.RouteValues["deployment"] as string;
        var account = gate.Identify(context.Request, deployment is not null, out var error);
        account?.CountChat();
        if (account is null || error is not null)
        {
            state.Changes.Pulse();
            await ApiResponse.WriteErrorAsync(context, error!);
            return;
        }

        var body = await RequestBody.ReadAsync(context);
        using var json = body.Json;
        error = body.Error;
        var request = json is null ? null : wire.Read(json.RootElement, deployment, out error);
        var directive = DirectiveParser.Parse(request?.Question ?? "");
        var behaviour = state.Behaviour.Resolve(account.Behaviour, directive.Settings);
        error ??= directive.Problem is { } problem ? ApiError.BadRequest(problem, "messages") : null;
        var refused = error is not null
            ? (RejectReason.BadRequest, error)
            : CompletionChecks.Check(request!, catalog.Find(account, request!.Model), json!.RootElement, behaviour.OpenAi);
        if (refused is var (reason, why))
        {
            account.CountRejected(reason);
            state.Changes.Pulse();
            await ApiResponse.WriteErrorAsync(context, why, behaviour);
            return;
        }

        await TakeAsync(
            new CompletionCall
            {
                Context = context,
                Account = account,
                Request = request!,
                Body = body.Text,
                Question = directive.Question,
                Directives = directive.Settings,
                Behaviour = behaviour,
            }
        );
    }

    private async Task TakeAsync(CompletionCall call)
    {
        var target = new FaultTarget(FaultRoute.Chat, call.Request.Model, call.Request.Question);
        call.Fault = state.Behaviour.TakeFault(call.Account.Behaviour, call.Directives, target);
        if (call.Fault.Kind.IsRefusal())
        {
            call.Account.CountRejected(RejectReason.Fault);
            state.Changes.Pulse();
            await FaultReply.WriteAsync(call.Context, call.Fault, call.Behaviour, wire.NoText);
            return;
        }

        call.Arrived = state.Clock.GetUtcNow();
        var wait = call.Account.Enter(call.Arrived, call.Request.PromptTokens, call.Request.PromptCharacters, state.LimitMode);
        LimitReply.AddHeaders(call.Context, call.Account, call.Behaviour, call.Arrived);
        state.Changes.Pulse();
        if (wait is { } time)
        {
            int? retryAfter = state.RetryAfterOnLimit ? (int)Math.Ceiling(time.TotalSeconds) : null;
            await LimitReply.WriteAsync(call.Context, call.Account, call.Behaviour, call.Request.PromptTokens, retryAfter, call.Arrived);
            return;
        }

        await ServeAsync(call);
    }

    private async Task ServeAsync(CompletionCall call)
    {
        var plan = new CompletionPlan();
        var isRecorded = false;
        try
        {
            if (call.Fault.Kind == FaultKind.None || call.Fault.Kind.IsAfter())
            {
                plan = _composer.Compose(call);
                var sending = call.Request.Stream
                    ? new CompletionStream(call, plan, wire, state.Clock).RunAsync(Record)
                    : new CompletionSender(call, plan, wire, state.Clock).RunAsync(Record);
                await sending;
            }
            else
            {
                call.End = ReplyEnd.CutByFault;
                if (call.Fault.Kind != FaultKind.StallBeforeHeaders)
                {
                    Record();
                }

                await FaultReply.WriteAsync(call.Context, call.Fault, call.Behaviour, wire.NoText);
            }
        }
        catch (OperationCanceledException) when (call.Context.RequestAborted.IsCancellationRequested)
        {
            // The client went away: that is the outcome, not an error.
        }
        finally
        {
            Record();
        }

        await BrokenEnding.RunAsync(call.Context, call.Fault.Kind);
        IdleClose.AfterReply(call.Context, call.Behaviour);

        void Record()
        {
            if (!isRecorded)
            {
                isRecorded = true;
                state.Exchanges.Add(ExchangeOf(call, plan));
                call.Account.Leave(call.Arrived, state.Clock.GetUtcNow(), call.End, call.Text, call.OtherTokens);
                state.Changes.Pulse();
            }
        }
    }

    private static Exchange ExchangeOf(CompletionCall call, CompletionPlan plan) =>
        new(
            call.Account.Name,
            null,
            call.Request.Question,
            plan.Text,
            call.Text,
            call.End,
            RequestRecord.Of(call.Context.Request, call.Body, call.Request.Model) with
            {
                Stream = call.Request.Stream,
                Roles = [.. call.Request.Messages.Select(static message => message.Role)],
                Parts = [.. call.Request.Messages.SelectMany(static message => message.Parts)],
                Tools = [.. call.Request.Tools.Select(static tool => tool.Name)],
                UnknownFields = call.Request.UnknownFields,
                Calls = [.. plan.Calls.Take(call.Calls).Select(static made => made.Name)],
                PromptTokens = call.Request.PromptTokens,
                CompletionTokens = call.Text.Fragments + call.OtherTokens,
            }
        );
}
