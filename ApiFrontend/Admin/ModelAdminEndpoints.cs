using FlowGpt.Admin.Contracts;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Models;
using FlowGpt.ApiFrontend.Requests;
using FlowGpt.Grains.Interfaces.Models;

namespace FlowGpt.ApiFrontend.Admin;

/// <summary><c>/admin/models</c>: the models that clients may name, and what providers say of the models behind them.</summary>
internal sealed class ModelAdminEndpoints(AdminGate gate, ModelCatalogCache models, IGrainFactory grains)
{
    private IModelCatalogGrain Catalog => grains.GetGrain<IModelCatalogGrain>(IModelCatalogGrain.Key);

    public Task ListAsync(HttpContext context) =>
        gate.HandleAsync(
            context,
            async request => await AdminAnswer.WriteAsync(request, ModelAnswers.Of(await Catalog.GetStatus()), AdminJson.Default.ModelList)
        );

    public Task PutAsync(HttpContext context) =>
        gate.HandleAsync(
            context,
            async request =>
            {
                if (await AdminBody.ReadAsync(request, ModelFields.Read) is not { } model)
                {
                    return;
                }

                var id = ModelsEndpoint.IdOf(context);
                var result = await Catalog.Put(model.Route with { Id = id });
                models.Forget();
                if (result is ModelChangeResult.Done { Model: { } put } done)
                {
                    var status = done.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK;
                    await AdminAnswer.WriteAsync(request, ModelAnswers.Of(put), AdminJson.Default.ModelEntry, status);
                    return;
                }

                await RefuseAsync(request, result, id, model);
            }
        );

    public Task RemoveAsync(HttpContext context) =>
        gate.HandleAsync(
            context,
            async request =>
            {
                var id = ModelsEndpoint.IdOf(context);
                var result = await Catalog.Remove(id);
                models.Forget();
                await (
                    result is ModelChangeResult.Done
                        ? AdminAnswer.WriteAsync(request, new(id, Removed: true), AdminJson.Default.ModelRemoved)
                        : RefuseAsync(request, result, id)
                );
            }
        );

    public Task RefreshAsync(HttpContext context) =>
        gate.HandleAsync(
            context,
            async request =>
                await AdminAnswer.WriteAsync(
                    request,
                    ModelAnswers.Of(await Catalog.Refresh(context.Request.Query["query"].ToString())),
                    AdminJson.Default.ModelList
                )
        );

    private static Task RefuseAsync(ApiRequest request, ModelChangeResult result, string id, ModelFields? body = null) =>
        request.RefuseAsync(
            result switch
            {
                ModelChangeResult.Conflict conflict => AdminErrors.Conflict("id", conflict.Problem),
                ModelChangeResult.Invalid invalid => AdminBody.Invalid([
                    .. invalid.Problems.Select(one => body?.InBody(one) ?? one).Select(static one => $"{one.Field} {one.Problem}"),
                ]),
                _ => GatewayErrors.NotFound($"There is no model '{RequestErrors.Shorten(id)}'."),
            }
        );
}
