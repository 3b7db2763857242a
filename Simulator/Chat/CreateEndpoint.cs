using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Json;
using FlowGpt.Simulator.Truth;

namespace FlowGpt.Simulator.Chat;

/// <summary>
/// <c>POST /conversation/create</c>: unsigned, honours <c>messages</c> (assumed) and charges no limit (assumed).
/// </summary>
internal sealed class CreateEndpoint(SimulatorState state, RequestGate gate)
{
    public async Task HandleAsync(HttpContext context)
    {
        state.Global.CountCreate();
        var account = gate.Identify(context.Request, out var rejection);
        account?.CountCreate();
        if (account is null || rejection is not null)
        {
            state.Changes.Pulse();
            await ErrorBody.WriteAsync(context, rejection!.Status, rejection.Message, ErrorShape.Message);
            return;
        }

        var body = await JsonBody.ReadAsync(context, ChatJson.Default.CreateRequest);
        if (body.Value is not { PromptId.Length: > 0 } request)
        {
            account.CountRejected(RejectReason.BadRequest);
            state.Changes.Pulse();
            var problem = body.Problem is null ? "promptId must be a non-empty string" : $"{body.Field} {body.Problem}";
            await ErrorBody.WriteAsync(context, 400, problem, ErrorShape.Message);
            return;
        }

        RequestRemarks.NoteHeaders(account, context.Request);
        RequestRemarks.Note(account, context.Request.Headers["x-signature"].Count > 0, Remark.SignedCreate);
        var fault = state.Behaviour.TakeFault(account.Behaviour, null, new FaultTarget(FaultRoute.Create));
        if (fault.Kind != FaultKind.None)
        {
            await FailAsync(context, account, fault);
            return;
        }

        await CreateAsync(context, account, request);
    }

    private Task CreateAsync(HttpContext context, Account account, CreateRequest request)
    {
        var conversation = state.Conversations.Create(account.Id);
        foreach (var message in request.Messages ?? [])
        {
            conversation.Add(message.Role ?? "user", message.Content ?? "");
        }

        state.Changes.Pulse();
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync($$"""{"id":"{{conversation.Id}}"}""");
    }

    private async Task FailAsync(HttpContext context, Account account, FaultSettings fault)
    {
        account.CountRejected(RejectReason.Fault);
        state.Changes.Pulse();
        try
        {
            if (fault.Kind.IsAfter())
            {
                context.Response.ContentType = "application/json";
                await context.Response.WriteAsync("""{"id":""");
                if (fault.Kind == FaultKind.StallAfter)
                {
                    await BrokenEnding.StallAsync(context);
                }
            }
            else
            {
                var shape = state.Behaviour.Resolve(account.Behaviour, null).ErrorShape;
                await FaultAnswer.WriteAsync(context, fault, shape);
            }

            await BrokenEnding.RunAsync(context, fault.Kind);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client went away from a stalled answer, as it has to.
        }
    }
}
