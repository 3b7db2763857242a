using FlowGpt.ApiFrontend.Cluster;
using FlowGpt.ApiFrontend.Configuration;

namespace FlowGpt.Silo.Hosting;

/// <summary>What the composition itself reads from the configuration.</summary>
internal sealed record HostingSettings(SiloOptions Silo, RedisOptions Redis, MembershipOptions Membership)
{
    /// <summary>Whether this process belongs to a cluster of several processes.</summary>
    public bool IsCluster => !string.IsNullOrWhiteSpace(Redis.Connection);

    /// <summary>Reads the settings; every problem goes into the list, and defaults stand in for what is wrong.</summary>
    public static HostingSettings Read(IConfiguration configuration, ICollection<string> problems)
    {
        var silo = OptionsCheck.Read<SiloOptions>(configuration, SiloOptions.Section, problems);
        var redis = OptionsCheck.Read<RedisOptions>(configuration, RedisOptions.Section, problems);
        var membership = OptionsCheck.Read<MembershipOptions>(configuration, MembershipOptions.Section, problems);
        return new HostingSettings(silo ?? new SiloOptions(), redis ?? new RedisOptions(), membership ?? new MembershipOptions());
    }
}
