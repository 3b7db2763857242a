using FlowGpt.Admin.Contracts;
using FlowGpt.Admin.Contracts.Settings;
using FlowGpt.ApiFrontend.Docs;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.Grains.Interfaces.Cluster;

namespace FlowGpt.ApiFrontend.Admin.Settings;

/// <summary><c>/admin/settings</c>: the settings of the process that answers, of a silo, and where silos differ.</summary>
internal sealed class SettingsEndpoints(AdminGate gate, EffectiveSettings own, IGrainFactory grains)
{
    public static RouteDoc List { get; } =
        RouteDoc
            .ForOperators(
                "listSettings",
                "Show the settings in force",
                "Of the process that answers or of a silo, with where each value came from. Secrets are never shown."
            )
            .Query("silo", """{"type":"string"}""", "The id or name of a silo; left out: the process that answers.")
            .Answers<SettingsList>(200, "By name.")
            .Fails(404, "No such silo is there.")
            .Fails(503, "The silo did not answer in time, or is of a version that cannot tell its settings.");

    public static RouteDoc Compare { get; } =
        RouteDoc
            .ForOperators(
                "compareSettings",
                "Show which settings differ between silos",
                "Each silo has settings of its own. Of secrets it is told that they differ, never a value."
            )
            .Answers<ClusterSettings>(200, "The silos, and the settings that are not the same on all that answered.")
            .Fails(503, "The cluster cannot be reached now.");

    private IClusterGrain Cluster => grains.GetGrain<IClusterGrain>(IClusterGrain.Key);

    public Task ListAsync(HttpContext context) =>
        gate.HandleAsync(
            context,
            async request =>
            {
                if (new ListParameters(context.Request.Query).Text("silo") is not { } silo)
                {
                    await AdminAnswer.WriteAsync(request, own.Read(), AdminJson.Default.SettingsList);
                    return;
                }

                var found = (await Cluster.GetSettings()).FirstOrDefault(one => one.Id == silo || one.Name == silo);
                await (
                    found switch
                    {
                        { Settings: { } settings } => AdminAnswer.WriteAsync(
                            request,
                            SettingDifferences.Of(settings),
                            AdminJson.Default.SettingsList
                        ),
                        null => request.RefuseAsync(GatewayErrors.NotFound($"There is no silo '{RequestErrors.Shorten(silo)}'.")),
                        _ => request.RefuseAsync(NoAnswer(found.Name)),
                    }
                );
            }
        );

    public Task CompareAsync(HttpContext context) =>
        gate.HandleAsync(
            context,
            async request =>
                await AdminAnswer.WriteAsync(request, SettingDifferences.Of(await Cluster.GetSettings()), AdminJson.Default.ClusterSettings)
        );

    private static ApiError NoAnswer(string silo) =>
        new(
            StatusCodes.Status503ServiceUnavailable,
            ErrorTypes.Server,
            "silo_not_answering",
            "silo",
            $"Silo '{silo}' did not answer in time, or is of a version that cannot tell its settings. Ask again, or upgrade the silo."
        )
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };
}
