using FlowGpt.Simulator.OpenAi;
using FlowGpt.Simulator.OpenAi.Chat;
using FlowGpt.Simulator.OpenAi.Models;
using FlowGpt.Simulator.OpenAi.Wire;
using FlowGpt.Simulator.Truth;

namespace FlowGpt.Simulator.Anthropic;

/// <summary>The face of a server that speaks Anthropic Messages. Accounts, models, limits, behaviour and truth are those of the OpenAI-compatible face.</summary>
internal sealed class AnthropicFace
{
    /// <summary>The base that is told to clients, after the simulator's address.</summary>
    public const string Base = "anthropic";

    private const string KeyHeader = "x-api-key";

    private readonly SimulatorState _state;
    private readonly CompletionEndpoint _messages;
    private readonly CountEndpoint _count;
    private readonly ModelsEndpoint _models;

    public AnthropicFace(SimulatorState state, OpenAiOptions options)
    {
        _state = state;
        var gate = new KeyGate(state.Accounts, state.Global, KeyHeader, "");
        var catalog = new ModelCatalog(options.Models);
        _messages = new CompletionEndpoint(state, gate, catalog, new MessagesWire());
        _count = new CountEndpoint(state, gate);
        _models = new ModelsEndpoint(state, gate, catalog);
    }

    public void Map(IEndpointRouteBuilder routes)
    {
        const string Root = "/" + Base + "/v1";
        routes.MapPost(Root + "/messages", context => BeginAsync(context, _messages.HandleAsync));
        routes.MapPost(Root + "/messages/count_tokens", context => BeginAsync(context, _count.HandleAsync));
        routes.MapGet(Root + "/models", context => BeginAsync(context, _models.HandleAsync));
        routes.MapGet(Root + "/models/{**id}", context => BeginAsync(context, _models.HandleAsync));
        routes.Map(Root + "/{**rest}", context => BeginAsync(context, UnknownAsync)).WithOrder(2);
    }

    private static Task BeginAsync(HttpContext context, RequestDelegate handle)
    {
        context.Features.Set(FaceForm.Anthropic);
        ApiResponse.Begin(context);
        return context.Request.Headers.ContainsKey("anthropic-version")
            ? handle(context)
            : ApiResponse.WriteErrorAsync(context, ApiError.BadRequest("anthropic-version: header is required", null));
    }

    private Task UnknownAsync(HttpContext context)
    {
        _state.Global.CountUnknown();
        return ApiResponse.WriteErrorAsync(context, ApiError.UnknownRoute(context.Request));
    }
}
