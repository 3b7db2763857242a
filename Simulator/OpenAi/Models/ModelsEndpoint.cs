using System.Buffers;
using System.Text.Json;
using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.OpenAi.Wire;
using FlowGpt.Simulator.Truth;

namespace FlowGpt.Simulator.OpenAi.Models;

/// <summary><c>GET /models</c> and <c>GET /models/{id}</c>.</summary>
internal sealed class ModelsEndpoint(SimulatorState state, KeyGate gate, ModelCatalog catalog)
{
    private const long Created = 1_735_689_600;

    public async Task HandleAsync(HttpContext context)
    {
        ApiResponse.Begin(context);
        state.Global.CountDiscovery();
        var account = gate.Identify(context.Request, isDeployment: false, out var error);
        var behaviour = account is null ? null : state.Behaviour.Resolve(account.Behaviour, null);
        if (account is null || error is not null)
        {
            state.Changes.Pulse();
            await ApiResponse.WriteErrorAsync(context, error!, behaviour);
            return;
        }

        var fault = state.Behaviour.TakeFault(account.Behaviour, null, new FaultTarget(FaultRoute.Models));
        if (fault.Kind != FaultKind.None)
        {
            account.CountRejected(RejectReason.Fault);
            state.Changes.Pulse();
            await ApiResponse.WriteErrorAsync(context, ApiError.Of(fault), behaviour, fault.RetryAfterSeconds);
            return;
        }

        await AnswerAsync(context, account, behaviour!);
    }

    private Task AnswerAsync(HttpContext context, Account account, ReplyBehaviour behaviour)
    {
        var json = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(json);
        if (context.Request.RouteValues["id"] is string id)
        {
            if (catalog.Find(account, id) is not { } one)
            {
                return ApiResponse.WriteErrorAsync(context, ApiError.UnknownModel(id, "model"), behaviour);
            }

            Write(writer, one);
        }
        else
        {
            writer.WriteStartObject();
            writer.WriteString("object"u8, "list"u8);
            writer.WriteStartArray("data"u8);
            foreach (var model in catalog.Of(account))
            {
                Write(writer, model);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.Flush();
        return ApiResponse.WriteJsonAsync(context, json.WrittenMemory, behaviour);
    }

    private static void Write(Utf8JsonWriter writer, OfferedModel model)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, model.Id);
        writer.WriteString("object"u8, "model"u8);
        writer.WriteNumber("created"u8, Created);
        writer.WriteString("owned_by"u8, "simulator"u8);
        if (model is { ContextField: { } field, ContextTokens: { } tokens })
        {
            writer.WriteNumber(field, tokens);
        }

        writer.WriteEndObject();
    }
}
