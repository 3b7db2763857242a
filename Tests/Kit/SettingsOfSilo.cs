using FlowGpt.Grains.Cluster;
using FlowGpt.Grains.Interfaces.Cluster;
using Microsoft.Extensions.DependencyInjection;

namespace FlowGpt.Tests.Kit;

/// <summary>Gives each silo of a test cluster settings: a value that all share, one of the silo's own, and a secret of the silo's own.</summary>
internal sealed class SettingsOfSilo(string silo) : ISiloSettingsSource
{
    /// <summary>The value of the silo's own secret, which nothing may show.</summary>
    public const string SecretWord = "nobody-may-see-this";

    /// <summary>The setting that all silos have alike.</summary>
    public const string Same = "FlowGpt:Frontend:MaxRequestBytes";

    /// <summary>The setting that is another on each silo; the value is the silo's name.</summary>
    public const string Own = "FlowGpt:Frontend:RequestTimeout";

    /// <summary>The secret that is another on each silo.</summary>
    public const string Secret = "FlowGpt:Frontend:AdminKey";

    /// <summary>Adds it to a silo.</summary>
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
