using FlowGpt.ApiFrontend.Admin.Members;
using FlowGpt.ApiFrontend.Admin.Sessions;
using FlowGpt.ApiFrontend.Docs;
using FlowGpt.ApiFrontend.Keys;

namespace FlowGpt.ApiFrontend.Admin.Settings;

/// <summary>Registers and maps <c>/admin/settings</c>.</summary>
internal static class SettingsServices
{
    /// <summary>Registers the frontend's own sections.</summary>
    public static void AddSettings(this IServiceCollection services)
    {
        services.AddSingleton<EffectiveSettings>();
        services.AddSingleton<SettingsEndpoints>();
        services.AddSingleton(new SettingsSection(FrontendOptions.Section, typeof(FrontendOptions)));
        services.AddSingleton(new SettingsSection(ClientKeyOptions.Section, typeof(ClientKeyOptions)));
        services.AddSingleton(new SettingsSection(SignInOptions.Section, typeof(SignInOptions)));
        services.AddSingleton(new SettingsSection(MemberOptions.Section, typeof(MemberOptions)));
    }

    /// <summary>Maps the routes.</summary>
    public static void MapSettings(this IEndpointRouteBuilder routes)
    {
        var settings = routes.ServiceProvider.GetRequiredService<SettingsEndpoints>();
        routes.MapGet("/admin/settings", settings.ListAsync).Describe(SettingsEndpoints.List);
        routes.MapGet("/admin/settings/silos", settings.CompareAsync).Describe(SettingsEndpoints.Compare);
    }
}
