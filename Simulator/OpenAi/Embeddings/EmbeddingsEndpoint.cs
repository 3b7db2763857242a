using System.Text.Json;
using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Chat;
using FlowGpt.Simulator.Conversations;
using FlowGpt.Simulator.OpenAi.Models;
using FlowGpt.Simulator.OpenAi.Requests;
using FlowGpt.Simulator.OpenAi.Wire;
using FlowGpt.Simulator.Replies;
using FlowGpt.Simulator.Truth;

namespace FlowGpt.Simulator.OpenAi.Embeddings;

/// <summary><c>POST /embeddings</c>: key, body, model, faults, limits, and then the vectors, in this order.</summary>
internal sealed class EmbeddingsEndpoint(SimulatorState state, KeyGate gate, ModelCatalog catalog)
{
    public async Task HandleAsync(HttpContext context)
    {
        ApiResponse.Begin(context);
        state.Global.CountEmbeddings();
        var deployment = context.Request.RouteValues["deployment"] as string;
        var account = gate.Identify(context.Request, deployment is not null, out var error);
        account?.CountEmbeddings();
        if (account is null || error is not null)
        {
            state.Changes.Pulse();
            await ApiResponse.WriteErrorAsync(context, error!);
            return;
        }

        var behaviour = state.Behaviour.Resolve(account.Behaviour, null);
        var body = await RequestBody.ReadAsync(context);
        using var json = body.Json;
        error = body.Error;
        var request = json is null ? null : EmbeddingsRequest.Read(json.RootElement, deployment, out error);
        var reason = RejectReason.BadRequest;
        if (request is not null && catalog.Find(account, request.Model) is not { Embeddings: true })
        {
            reason = RejectReason.UnknownModel;
            error = ApiError.UnknownModel(request.Model, null);
        }

        if (error is not null)
        {
            account.CountRejected(reason);
            state.Changes.Pulse();
            await ApiResponse.WriteErrorAsync(context, error, behaviour);
            return;
        }

        await TakeAsync(context, account, request!, body, behaviour);
    }

    private async Task TakeAsync(
        HttpContext context,
        Account account,
        EmbeddingsRequest request,
        RequestBody body,
        ReplyBehaviour behaviour
    )
    {
        var question = string.Join('\n', request.Inputs.Select(static input => input.Text));
        var fault = state.Behaviour.TakeFault(account.Behaviour, null, new FaultTarget(FaultRoute.Embeddings, request.Model, question));
        if (fault.Kind.IsRefusal())
        {
            account.CountRejected(RejectReason.Fault);
            state.Changes.Pulse();
            await FaultReply.WriteAsync(context, fault, behaviour);
            return;
        }

        var arrived = state.Clock.GetUtcNow();
        var wait = account.Enter(arrived, request.PromptTokens, question.Length, state.LimitMode);
        LimitReply.AddHeaders(context, account, behaviour, arrived);
        state.Changes.Pulse();
        if (wait is { } time)
        {
            int? retryAfter = state.RetryAfterOnLimit ? (int)Math.Ceiling(time.TotalSeconds) : null;
            await LimitReply.WriteAsync(context, account, behaviour, request.PromptTokens, retryAfter, arrived);
            return;
        }

        var end = ReplyEnd.CutByClient;
        try
        {
            if (behaviour.FirstTokenDelay > TimeSpan.Zero)
            {
                await Task.Delay(behaviour.FirstTokenDelay, state.Clock, context.RequestAborted);
            }

            end = fault.Kind == FaultKind.None ? ReplyEnd.Completed : ReplyEnd.CutByFault;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client went away: that is the outcome, not an error.
        }

        var known = RequestRecord.Of(context.Request, body.Text, request.Model) with
        {
            PromptTokens = request.PromptTokens,
            UnknownFields = KnownFields.OthersInEmbeddings(body.Json!.RootElement),
        };
        state.Exchanges.Add(new Exchange(account.Name, null, question, Reply.Nothing, default, end, known));
        account.Leave(arrived, state.Clock.GetUtcNow(), end, default);
        state.Changes.Pulse();
        await AnswerAsync(context, request, fault, behaviour);
    }

    private static async Task AnswerAsync(HttpContext context, EmbeddingsRequest request, FaultSettings fault, ReplyBehaviour behaviour)
    {
        if (fault.Kind == FaultKind.None)
        {
            await ApiResponse.WriteJsonAsync(context, Body(request), behaviour);
            IdleClose.AfterReply(context, behaviour);
            return;
        }

        try
        {
            if (fault.Kind.IsAfter())
            {
                context.Response.ContentType = "application/json";
                await context.Response.WriteAsync("""{"object":"list","data":[""", context.RequestAborted);
                if (fault.Kind == FaultKind.StallAfter)
                {
                    await BrokenEnding.StallAsync(context);
                }
            }
            else
            {
                await FaultReply.WriteAsync(context, fault, behaviour);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client went away from a stalled answer, as it has to.
        }

        await BrokenEnding.RunAsync(context, fault.Kind);
    }

    private static byte[] Body(EmbeddingsRequest request)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("object"u8, "list"u8);
            writer.WriteStartArray("data"u8);
            for (var i = 0; i < request.Inputs.Count; i++)
            {
                WriteOne(writer, request, i);
            }

            writer.WriteEndArray();
            writer.WriteString("model"u8, request.Model);
            writer.WriteStartObject("usage"u8);
            writer.WriteNumber("prompt_tokens"u8, request.PromptTokens);
            writer.WriteNumber("total_tokens"u8, request.PromptTokens);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void WriteOne(Utf8JsonWriter writer, EmbeddingsRequest request, int index)
    {
        var vector = EmbeddingVector.Of(request.Inputs[index].Text, request.Dimensions);
        writer.WriteStartObject();
        writer.WriteString("object"u8, "embedding"u8);
        writer.WriteNumber("index"u8, index);
        if (request.Base64)
        {
            writer.WriteString("embedding"u8, EmbeddingVector.Base64(vector));
        }
        else
        {
            writer.WriteStartArray("embedding"u8);
            foreach (var value in vector)
            {
                writer.WriteNumberValue(value);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}
