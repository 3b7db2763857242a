using System.Security.Cryptography;
using System.Text;
using FlowGpt.Admin.Contracts.Settings;
using FlowGpt.ApiFrontend.Admin.Settings;
using FlowGpt.Grains.Cluster;
using FlowGpt.Grains.Interfaces.Cluster;

namespace FlowGpt.Silo.Hosting;

/// <summary>The settings of this silo for the other silos. A secret is sent as 32 bits of its SHA-256, so that a silo with another secret can be found.</summary>
internal sealed class OwnSettings(EffectiveSettings settings, IConfiguration configuration) : ISiloSettingsSource
{
    public SiloSettings Read()
    {
        var own = settings.Read();
        return new(own.Process ?? "", [.. own.Settings.Select(Of)]);
    }

    private SiloSetting Of(SettingEntry entry) =>
        new(
            entry.Name,
            entry.Value,
            entry.Default,
            entry.IsSecret,
            entry.IsSet,
            entry.Source,
            entry.IsSecret && configuration[entry.Name] is { } secret ? Fingerprint(secret) : null
        );

    private static string Fingerprint(string secret) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)).AsSpan(0, 4));
}
