using System.Text.Unicode;
using FlowGpt.ApiFrontend.Calls;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Http;
using FlowGpt.ApiFrontend.Models;
using FlowGpt.ApiFrontend.Requests;
using FlowGpt.ApiFrontend.Security;
using FlowGpt.Grains.Interfaces.Turns;
using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Dialects.AnthropicMessages;

/// <summary><c>POST /v1/messages/count_tokens</c>: the gateway's own count of what a request would send. Nothing is sent or charged; the request counts against the requests of its key.</summary>
internal sealed class CountTokensEndpoint(
    ModelCatalogCache models,
    CountAdmission admission,
    CountPlaces counts,
    IGrainFactory grains,
    IOptions<FrontendOptions> options
)
{
    private const int LongEnough = 64;

    private readonly FrontendOptions _options = options.Value;

    public async Task HandleAsync(HttpContext context)
    {
        var request = ApiRequest.Of(context);
        var (asked, badBody) = await JsonBody.ReadAsync<bool, MessagesRequest>(
            context.Request,
            _options.MaxRequestBodyBytes,
            _options.RejectUnknownParameters,
            static (in body, strict, out asked) => MessagesBodyReader.Read(body, strict, null, out asked, counts: true)
        );
        if (asked is null)
        {
            await request.RefuseAsync(badBody!);
            return;
        }

        var catalog = await models.GetWithAsync(asked.Model, context.RequestAborted);
        if (catalog?.Find(asked.Model) is not { } model || !ClientIdentity.Of(context).MayUse(model.Entry))
        {
            await request.RefuseAsync(catalog is null ? GatewayErrors.Interrupted : GatewayErrors.UnknownModel(asked.Model));
            return;
        }

        request.Model = model.Entry.Id;
        if (await admission.AdmitAsync(ClientIdentity.Of(context), model.Entry.Id) is { } refused)
        {
            await request.RefuseAsync(refused);
            return;
        }

        using var counting = await counts.EnterAsync(ClientIdentity.Of(context).KeyId, context.RequestAborted);
        if (counting is null)
        {
            await request.RefuseAsync(GatewayErrors.TooManyInFlight);
            return;
        }

        if (await CountAsync(asked, model.Entry.Id) is not { } tokens)
        {
            await request.RefuseAsync(GatewayErrors.Interrupted);
            return;
        }

        counting.Dispose();
        context.Response.ContentType = "application/json; charset=utf-8";
        var body = context.Response.BodyWriter;
        Utf8.TryWrite(body.GetSpan(LongEnough), $$"""{"input_tokens":{{tokens}}}""", out var length);
        body.Advance(length);
        await body.FlushAsync(context.RequestAborted);
    }

    /// <summary>Null when the cluster does not answer.</summary>
    private async Task<int?> CountAsync(MessagesRequest asked, string route)
    {
        var content = asked.Content;
        var turn = new TurnRequest
        {
            ResponseId = "",
            ClientKeyId = "",
            Route = route,
            Input = content.Input,
            Tools = content.Tools,
            Format = content.Format,
            Timeout = _options.RequestTimeout,
        };
        try
        {
            return await grains.GetGrain<ITokenCountGrain>(ITokenCountGrain.Key).Count(turn);
        }
        catch (Exception exception) when (TransientFailures.Is(exception))
        {
            return null;
        }
    }
}
