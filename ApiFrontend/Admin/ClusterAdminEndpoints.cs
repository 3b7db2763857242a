using FlowGpt.Admin.Contracts;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.Grains.Interfaces.Addresses;
using FlowGpt.Grains.Interfaces.Cluster;

namespace FlowGpt.ApiFrontend.Admin;

/// <summary><c>/admin/cluster</c>: the silos, emptying one of them, and the keys of response ids.</summary>
internal sealed class ClusterAdminEndpoints(AdminGate gate, IGrainFactory grains)
{
    private IClusterGrain Cluster => grains.GetGrain<IClusterGrain>(IClusterGrain.Key);

    public Task GetAsync(HttpContext context) =>
        gate.HandleAsync(
            context,
            async request =>
                await AdminAnswer.WriteAsync(request, ClusterAnswers.Of(await Cluster.GetSilos()), AdminJson.Default.ClusterState)
        );

    public Task DrainAsync(HttpContext context) => DrainAsync(context, on: true);

    public Task ResumeAsync(HttpContext context) => DrainAsync(context, on: false);

    public Task RotateResponseKeysAsync(HttpContext context) =>
        gate.HandleAsync(
            context,
            async request =>
            {
                var keys = (await grains.GetGrain<IAddressKeyGrain>(IAddressKeyGrain.Key).Rotate()).Keys;
                await AdminAnswer.WriteAsync(request, new(keys[^1].Version, keys.Length), AdminJson.Default.ResponseKeysRotated);
            }
        );

    private Task DrainAsync(HttpContext context, bool on) =>
        gate.HandleAsync(
            context,
            async request =>
            {
                var silo = (string)context.GetRouteValue("id")!;
                var result = await Cluster.Drain(silo, on);
                await (
                    result switch
                    {
                        DrainResult.Done => AdminAnswer.WriteAsync(request, new(silo, on), AdminJson.Default.SiloDrained),
                        DrainResult.LastOne => request.RefuseAsync(
                            AdminErrors.Conflict(
                                null,
                                "It is the only silo that takes requests. Start another one first, or stop its process."
                            )
                        ),
                        _ => request.RefuseAsync(GatewayErrors.NotFound($"There is no active silo '{RequestErrors.Shorten(silo)}'.")),
                    }
                );
            }
        );
}
