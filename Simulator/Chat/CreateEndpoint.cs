using System.Text.Json;
using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Hosting;

namespace FlowGpt.Simulator.Chat;

/// <summary>
/// <c>POST /conversation/create</c>: unsigned, honours <c>messages</c> (assumed), charges no limit (assumed) and meets no fault.
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

        if (await ReadAsync(context) is not { PromptId.Length: > 0 } request)
        {
            account.CountRejected(RejectReason.BadRequest);
            state.Changes.Pulse();
            await ErrorBody.WriteAsync(context, 400, "promptId: a non-empty string is required", ErrorShape.Message);
            return;
        }

        var conversation = state.Conversations.Create(account.Id);
        foreach (var message in request.Messages ?? [])
        {
            conversation.Add(message.Role ?? "user", message.Content ?? "");
        }

        state.Changes.Pulse();
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync($$"""{"id":"{{conversation.Id}}"}""");
    }

    private static async ValueTask<CreateRequest?> ReadAsync(HttpContext context)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(
                context.Request.BodyReader,
                ChatJson.Default.CreateRequest,
                context.RequestAborted
            );
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
