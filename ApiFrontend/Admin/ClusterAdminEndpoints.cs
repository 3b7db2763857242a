using FlowGpt.ApiFrontend.Errors;
using FlowGpt.Grains.Interfaces.Cluster;

namespace FlowGpt.ApiFrontend.Admin;

/// <summary><c>/admin/cluster</c>: the silos, and emptying one of them.</summary>
internal sealed class ClusterAdminEndpoints(AdminGate gate, IGrainFactory grains)
{
    private IClusterGrain Cluster => grains.GetGrain<IClusterGrain>(IClusterGrain.Key);

    public Task GetAsync(HttpContext context) =>
        gate.HandleAsync(
            context,
            async request => await AdminAnswer.WriteAsync(request, new(await Cluster.GetSilos()), AdminJson.Default.ClusterView)
        );

    public Task DrainAsync(HttpContext context) => DrainAsync(context, on: true);

    public Task ResumeAsync(HttpContext context) => DrainAsync(context, on: false);

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
