using FlowGpt.Simulator.OpenAi.Chat;
using FlowGpt.Simulator.OpenAi.Embeddings;
using FlowGpt.Simulator.OpenAi.Models;
using FlowGpt.Simulator.OpenAi.Responses;
using FlowGpt.Simulator.OpenAi.Wire;
using FlowGpt.Simulator.Truth;

namespace FlowGpt.Simulator.OpenAi;

/// <summary>The OpenAI-compatible face: its routes, under two bases and, as Azure has them, under paths that name a deployment.</summary>
internal sealed class OpenAiFace
{
    /// <summary>The base that is told to clients, after the simulator's address.</summary>
    public const string Base = "openai/v1";

    private const string DeploymentBase = "/openai/deployments/{deployment}";

    private readonly SimulatorState _state;
    private readonly CompletionEndpoint _chat;
    private readonly CompletionEndpoint _responses;
    private readonly EmbeddingsEndpoint _embeddings;
    private readonly ModelsEndpoint _models;

    public OpenAiFace(SimulatorState state, OpenAiOptions options)
    {
        _state = state;
        var gate = new KeyGate(state.Accounts, state.Global, options.KeyHeader, options.KeyScheme);
        var catalog = new ModelCatalog(options.Models);
        _chat = new CompletionEndpoint(state, gate, catalog, new ChatWire());
        _responses = new CompletionEndpoint(state, gate, catalog, new ResponsesWire());
        _embeddings = new EmbeddingsEndpoint(state, gate, catalog);
        _models = new ModelsEndpoint(state, gate, catalog);
    }

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var path in (string[])["/" + Base, "/v1"])
        {
            routes.MapPost(path + "/chat/completions", _chat.HandleAsync);
            routes.MapPost(path + "/responses", _responses.HandleAsync);
            routes.MapPost(path + "/embeddings", _embeddings.HandleAsync);
            routes.MapGet(path + "/models", _models.HandleAsync);
            routes.MapGet(path + "/models/{**id}", _models.HandleAsync);
            foreach (var known in (string[])["/chat/completions", "/responses", "/embeddings", "/models"])
            {
                routes.Map(path + known, context => AnswerAsync(context, ApiError.WrongMethod(context.Request))).WithOrder(1);
            }

            routes.Map(path + "/{**rest}", context => AnswerAsync(context, ApiError.UnknownRoute(context.Request))).WithOrder(2);
        }

        routes.MapPost(DeploymentBase + "/chat/completions", context => VersionedAsync(context, _chat.HandleAsync));
        routes.MapPost(DeploymentBase + "/embeddings", context => VersionedAsync(context, _embeddings.HandleAsync));
    }

    private Task VersionedAsync(HttpContext context, RequestDelegate handle) =>
        context.Request.Query.ContainsKey("api-version")
            ? handle(context)
            : AnswerAsync(context, new ApiError(404, "Resource not found: the query has no api-version.", "invalid_request_error", "404"));

    private Task AnswerAsync(HttpContext context, ApiError error)
    {
        ApiResponse.Begin(context);
        _state.Global.CountUnknown();
        return ApiResponse.WriteErrorAsync(context, error);
    }
}
