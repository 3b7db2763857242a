using FlowGpt.Admin.Contracts.Settings;
using FlowGpt.Grains.Interfaces.Cluster;

namespace FlowGpt.ApiFrontend.Admin.Settings;

/// <summary>Compares the settings of silos.</summary>
internal static class SettingDifferences
{
    /// <summary>The silos, and what is not the same on all of them that answered.</summary>
    public static ClusterSettings Of(IReadOnlyCollection<SiloConfiguration> silos)
    {
        var answered = silos
            .Where(static silo => silo.Settings is not null)
            .Select(static silo =>
                (silo.Id, Settings: silo.Settings!.Settings.ToDictionary(static one => one.Name, StringComparer.OrdinalIgnoreCase))
            )
            .ToArray();
        var names = answered.SelectMany(static silo => silo.Settings.Keys).Distinct(StringComparer.OrdinalIgnoreCase);
        var differences = new List<SettingDifference>();
        foreach (var name in names.Order(StringComparer.OrdinalIgnoreCase))
        {
            var found = answered.Select(silo => (silo.Id, Setting: silo.Settings.GetValueOrDefault(name))).ToArray();
            if (found.DistinctBy(static one => (one.Setting is null, one.Setting?.Value, one.Setting?.Fingerprint)).Count() > 1)
            {
                var isSecret = found.Any(static one => one.Setting is { IsSecret: true });
                var values = found.Select(one => new SiloValue(one.Id, isSecret ? null : one.Setting?.Value, one.Setting?.Source));
                differences.Add(new(name, isSecret, [.. values]));
            }
        }

        return new([.. silos.Select(static silo => new SiloProcess(silo.Id, silo.Name, silo.Settings?.Process))], differences);
    }

    /// <summary>The settings of one silo as the admin contract has them.</summary>
    public static SettingsList Of(SiloSettings settings) =>
        new(
            [
                .. settings.Settings.Select(static one => new SettingEntry(
                    one.Name,
                    one.Value,
                    one.Default,
                    one.IsSecret,
                    one.IsSet,
                    one.Source
                )),
            ],
            settings.Process
        );
}
