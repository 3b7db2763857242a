using FlowGpt.Grains.Cluster;
using FlowGpt.Grains.Interfaces.Cluster;
using Microsoft.Extensions.DependencyInjection;

namespace FlowGpt.Tests.Kit;

/// <summary>Gives each silo of a test cluster settings: a value that all share, a value that differs on each silo, and a secret that differs on each silo.</summary>
internal sealed class SettingsOfSilo(string silo) : ISiloSettingsSource
{
    /// <summary>The value of the silo's secret, which nothing may show.</summary>
    public const string SecretWord = "nobody-may-see-this";

    /// <summary>The setting that is equal on all silos.</summary>
    public const string Same = "FlowGpt:Frontend:MaxRequestBytes";

    /// <summary>The setting that differs on each silo; the value is the silo's name.</summary>
    public const string Own = "FlowGpt:Frontend:RequestTimeout";

    /// <summary>The secret that differs on each silo.</summary>
    public const string Secret = "FlowGpt:Frontend:AdminKey";

    /// <summary>Adds the settings to a silo.</summary>
    public static void AddTo(IServiceCollection services) =>
        services.AddSingleton<ISiloSettingsSource>(provider => new SettingsOfSilo(provider.GetRequiredService<ILocalSiloDetails>().Name));

    public SiloSettings Read() =>
        new(
            $"process of {silo}",
            [
                new(Secret, null, null, true, true, "environment", $"{SecretWord}-{silo}"),
                new(Own, silo, "1", false, true, "environment", null),
                new(Same, "5", "5", false, false, "default", null),
            ]
        );
}
