using FlowGpt.Admin.Contracts;
using FlowGpt.Admin.Contracts.Settings;
using FlowGpt.ApiFrontend.Admin.Members;
using FlowGpt.ApiFrontend.Admin.Sessions;
using FlowGpt.ApiFrontend.Docs;
using FlowGpt.ApiFrontend.Keys;

namespace FlowGpt.ApiFrontend.Admin.Settings;

/// <summary>Registers and maps <c>/admin/settings</c>.</summary>
internal static class SettingsServices
{
    private static readonly RouteDoc Doc = RouteDoc
        .ForOperators(
            "listSettings",
            "Show the settings in force",
            "Of the process that answers, with where each value came from. Secrets are never shown."
        )
        .Answers<SettingsList>(200, "By name.");

    /// <summary>Registers the frontend's own sections.</summary>
    public static void AddSettings(this IServiceCollection services)
    {
        services.AddSingleton<EffectiveSettings>();
        services.AddSingleton(new SettingsSection(FrontendOptions.Section, typeof(FrontendOptions)));
        services.AddSingleton(new SettingsSection(ClientKeyOptions.Section, typeof(ClientKeyOptions)));
        services.AddSingleton(new SettingsSection(SignInOptions.Section, typeof(SignInOptions)));
        services.AddSingleton(new SettingsSection(MemberOptions.Section, typeof(MemberOptions)));
    }

    /// <summary>Maps the route.</summary>
    public static void MapSettings(this IEndpointRouteBuilder routes)
    {
        var gate = routes.ServiceProvider.GetRequiredService<AdminGate>();
        var settings = routes.ServiceProvider.GetRequiredService<EffectiveSettings>();
        routes
            .MapGet(
                "/admin/settings",
                context =>
                    gate.HandleAsync(context, request => AdminAnswer.WriteAsync(request, settings.Read(), AdminJson.Default.SettingsList))
            )
            .Describe(Doc);
    }
}
