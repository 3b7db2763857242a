using FlowGpt.Admin.Contracts.Transport;

namespace FlowGpt.Admin.Contracts.Settings;

/// <summary><c>/admin/settings</c>. Thread-safe.</summary>
public sealed class SettingsClient
{
    private readonly AdminTransport _transport;

    internal SettingsClient(AdminTransport transport) => _transport = transport;

    /// <summary>The settings in force and where each came from; secrets are hidden.</summary>
    public Task<SettingsList> GetAsync(CancellationToken cancellationToken = default) =>
        _transport.GetAsync("admin/settings", AdminJson.Default.SettingsList, cancellationToken);

    /// <summary>The settings of a silo, named by its id or name.</summary>
    public Task<SettingsList> GetOfAsync(string silo, CancellationToken cancellationToken = default) =>
        _transport.GetAsync($"admin/settings{new AdminQuery().Add("silo", silo)}", AdminJson.Default.SettingsList, cancellationToken);

    /// <summary>The silos, and the settings whose values are not the same on all of them.</summary>
    public Task<ClusterSettings> CompareAsync(CancellationToken cancellationToken = default) =>
        _transport.GetAsync("admin/settings/silos", AdminJson.Default.ClusterSettings, cancellationToken);
}
