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
}
