using FlowGpt.Grains.Interfaces.Embeddings;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Models;
using FlowGpt.Grains.Turns;
using FlowGpt.Grains.Upstreams;
using Orleans.Concurrency;

namespace FlowGpt.Grains.LeasedCalls;

/// <summary>Runs requests for embeddings: admitted, tried on accounts, settled and booked as turns are.</summary>
[GrainType("embeddings"), StatelessWorker]
internal sealed class EmbeddingGrain(TurnServices services) : Grain, IEmbeddingGrain
{
    public async ValueTask<EmbeddingResult> Embed(EmbeddingRequest request, CancellationToken cancellationToken)
    {
        if (await services.FindRoute(request.Route) is not { } route)
        {
            return new EmbeddingResult.Failed(TurnRunner.RouteNotFound(request.Route).Error, null);
        }

        var tokens = EmbeddingTokens.Count(request.Input, services.Tokens);
        var choice = TargetChoice.For(route, [TurnNeeds.Embeddings], request.RequestId, services.CapabilitiesOf, services.LoadOf);
        if (choice.Error is { } unsupported)
        {
            return new EmbeddingResult.Failed(unsupported, null);
        }

        var turnRequest = ToTurn(request);
        var use = await services.Keys.ReserveAsync(turnRequest, tokens, services.Options.MaxQueueWait);
        if (use.Error is { } overLimit)
        {
            return new EmbeddingResult.Failed(overLimit, use.Headroom);
        }

        using var turn = new ActiveTurn(turnRequest, route, [], tokens, services.Time) { KeyUse = use, Targets = choice.Targets };
        await using var gone = cancellationToken.UnsafeRegister(static state => ((ActiveTurn)state!).Stop(StopReason.Caller), turn);
        var call = new LeasedCall<EmbeddingReply>(
            turn,
            services,
            (pool, target, credential, cancellation) =>
                (pool.Embeddings ?? throw NotThere(pool, target)).EmbedAsync(
                    new(target, request.ClientKeyId, request.Input, request.Dimensions, credential, request.Extensions),
                    cancellation
                ),
            static reply => reply.Usage,
            static reply => reply.RateLimits
        );
        var result = new TurnResult(
            ResponseStatus.Failed,
            Error: new(TurnErrorKind.Internal, "The server had an error while processing the request.")
        );
        try
        {
            EmbeddingReply? reply;
            (reply, result) = await call.RunAsync();
            return reply is null
                ? new EmbeddingResult.Failed(result.Error ?? new(TurnErrorKind.Interrupted, "The request was cancelled."), use.Headroom)
                : new EmbeddingResult.Made(reply.Vectors, result.Usage, turn.Serving, use.Headroom);
        }
        finally
        {
            var usage = turn.Usage(result);
            services.Usage.Record(usage);
            await services.Keys.SettleAsync(use, usage.Usage.TotalTokens);
        }
    }

    private static InvalidOperationException NotThere(OpenPool pool, Target target) =>
        new($"The kind {pool.Kind.Name} says that {target} makes embeddings, and has no embeddings.");

    /// <summary>The request as keys and queues know requests.</summary>
    private static TurnRequest ToTurn(EmbeddingRequest request) =>
        new()
        {
            ResponseId = request.RequestId,
            ClientKeyId = request.ClientKeyId,
            Route = request.Route,
            Input = [],
            Timeout = request.Timeout,
            TraceParent = request.TraceParent,
            Terms = request.Terms,
        };
}
