using FlowGpt.ApiFrontend.Calls;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Http;
using FlowGpt.ApiFrontend.Models;
using FlowGpt.ApiFrontend.Requests;
using FlowGpt.ApiFrontend.Security;
using FlowGpt.Grains.Interfaces.Embeddings;
using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Embeddings;

/// <summary><c>POST /v1/embeddings</c>.</summary>
internal sealed class EmbeddingsEndpoint(
    ModelCatalogCache models,
    IGrainFactory grains,
    IOptions<FrontendOptions> options,
    TimeProvider time
)
{
    private readonly FrontendOptions _options = options.Value;

    public async Task HandleAsync(HttpContext context)
    {
        var request = ApiRequest.Of(context);
        var client = ClientIdentity.Of(context);
        var (body, badBody) = await JsonBody.ReadAsync<bool, EmbeddingBody>(
            context.Request,
            _options.MaxRequestBodyBytes,
            _options.RejectUnknownParameters,
            EmbeddingBody.Read
        );
        if (body is null)
        {
            await request.RefuseAsync(badBody!);
            return;
        }

        var catalog = await models.GetWithAsync(body.Model, context.RequestAborted);
        if (catalog?.Find(body.Model) is not { } model || !client.MayUse(model.Entry))
        {
            await request.RefuseAsync(catalog is null ? GatewayErrors.Interrupted : GatewayErrors.UnknownModel(body.Model));
            return;
        }

        request.Model = model.Entry.Id;
        request.Provider = model.Entry.Targets[0].Pool;
        request.ResponseId = $"embd-{Guid.CreateVersion7(time.GetUtcNow()):N}";
        var asked = new EmbeddingRequest
        {
            RequestId = request.ResponseId,
            ClientKeyId = client.KeyId,
            Route = model.Entry.Id,
            Input = body.Input,
            Dimensions = body.Dimensions,
            Extensions = body.Extensions,
            Timeout = _options.RequestTimeout,
            Terms = client.Terms,
            TraceParent = request.Span?.Id,
        };
        await AnswerAsync(request, body, await SendAsync(asked, context.RequestAborted));
    }

    private static async Task AnswerAsync(ApiRequest request, EmbeddingBody body, EmbeddingResult? result)
    {
        var response = request.Context.Response;
        switch (result)
        {
            case EmbeddingResult.Made made when made.Vectors.Length == body.Inputs:
                RateLimitHeaders.Set(response.Headers, made.Headroom);
                request.Usage = made.Usage;
                request.Serving = made.Serving;
                response.ContentType = "application/json; charset=utf-8";
                EmbeddingAnswer.Write(response.BodyWriter, made, request.Model!, body.AsBase64);
                await response.BodyWriter.FlushAsync(request.Context.RequestAborted);
                break;
            case EmbeddingResult.Made:
                await request.RefuseAsync(
                    TurnErrorMapper.Map(
                        new(
                            Grains.Interfaces.Turns.TurnErrorKind.UpstreamFailed,
                            "The upstream made another number of vectors than there are inputs."
                        )
                    )
                );
                break;
            case EmbeddingResult.Failed failed:
                RateLimitHeaders.Set(response.Headers, failed.Headroom);
                await request.RefuseAsync(TurnErrorMapper.Map(failed.Error));
                break;
            default:
                await request.RefuseAsync(GatewayErrors.Interrupted);
                break;
        }
    }

    /// <summary>Null when the cluster could not run the request. Sent once: a repeated request might be charged twice.</summary>
    private async Task<EmbeddingResult?> SendAsync(EmbeddingRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await grains.GetGrain<IEmbeddingGrain>(IEmbeddingGrain.Key).Embed(request, cancellationToken);
        }
        catch (Exception exception) when (TransientFailures.Is(exception))
        {
            return null;
        }
    }
}
