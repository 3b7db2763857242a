using FlowGpt.ApiFrontend;
using FlowGpt.ApiFrontend.Admin.Members;
using FlowGpt.ApiFrontend.Admin.Sessions;
using FlowGpt.ApiFrontend.Admin.Settings;
using FlowGpt.ApiFrontend.Configuration;
using FlowGpt.ApiFrontend.Health;
using FlowGpt.ApiFrontend.Keys;
using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Affinity;
using FlowGpt.Grains.Audit;
using FlowGpt.Grains.Cluster;
using FlowGpt.Grains.Conversations;
using FlowGpt.Grains.Conversations.Quota;
using FlowGpt.Grains.Keys;
using FlowGpt.Grains.Models;
using FlowGpt.Grains.Pools;
using FlowGpt.Grains.Turns;
using FlowGpt.Grains.Upstreams;
using FlowGpt.Grains.Upstreams.Anthropic;
using FlowGpt.Grains.Upstreams.Decorators;
using FlowGpt.Grains.Upstreams.FlowGpt;
using FlowGpt.Grains.Upstreams.OpenAi;
using FlowGpt.Grains.Usage;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Options;

namespace FlowGpt.Silo.Hosting;

/// <summary>Every feature of the product, each with the configuration section that it is bound to.</summary>
internal static class ProductFeatures
{
    /// <summary>The sections of the configuration, and the options that are bound to them.</summary>
    private static SettingsSection[] Sections { get; } =
    [
        new(AccountsOptions.SectionName, typeof(AccountsOptions)),
        new(AffinityOptions.Section, typeof(AffinityOptions)),
        new(AuditOptions.Section, typeof(AuditOptions)),
        new(ConversationOptions.Section, typeof(ConversationOptions), typeof(TurnOptions), typeof(StoredBytesOptions)),
        new(ModelCatalogOptions.Section, typeof(ModelCatalogOptions)),
        new(EmulationOptions.Section, typeof(EmulationOptions)),
        new(FlowGptOptions.SectionName, typeof(FlowGptOptions)),
        new(OpenAiOptions.SectionName, typeof(OpenAiOptions)),
        new(AnthropicOptions.SectionName, typeof(AnthropicOptions)),
        new(PoolOptions.SectionName, typeof(PoolOptions)),
        new(UsageOptions.Section, typeof(UsageOptions)),
        new(FrontendOptions.Section, typeof(FrontendOptions)),
        new(ClientKeyOptions.Section, typeof(ClientKeyOptions)),
        new(SignInOptions.Section, typeof(SignInOptions)),
        new(MemberOptions.Section, typeof(MemberOptions)),
        new(KeyUseOptions.Section, typeof(KeyUseOptions)),
    ];

    /// <summary>Adds the features of a silo. Called after the silo itself is added, so that they stop before it does.</summary>
    public static void AddProductFeatures(this IServiceCollection services, SiloOptions silo)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddAudit().BindConfiguration(AuditOptions.Section);
        services.AddAffinity().BindConfiguration(AffinityOptions.Section);
        // Before what has something to book: services stop in the reverse order, and turns end while the silo stops.
        services.AddUsageRecording().BindConfiguration(UsageOptions.Section);
        services.AddTurns().BindConfiguration(TurnOptions.Section);
        services.AddOptions<EmulationOptions>().BindConfiguration(EmulationOptions.Section);
        services.AddConversations().BindConfiguration(ConversationOptions.Section);
        services.AddOptions<StoredBytesOptions>().BindConfiguration(StoredBytesOptions.Section);
        services.AddModelCatalog().BindConfiguration(ModelCatalogOptions.Section);
        services.AddProviderKinds();
        services.AddTokenPool();
        services.AddClientKeys();
        services.AddSingleton<IReadinessSource, SiloReadiness>();
        services.AddSingleton<IReadinessSource, DrainReadiness>();
        services.AddSingleton<IReadinessSource, UsageReadiness>();
        services.AddSingleton<IReadinessSource, StorageReadiness>();
        services.AddSingleton<ISiloSettingsSource, OwnSettings>();
        services.TryAddSingleton<EffectiveSettings>();
        foreach (var section in Sections)
        {
            services.AddSingleton(section);
        }

        if (silo.Api)
        {
            services.AddApiFrontend();
        }
        else
        {
            services.AddOperations();
        }
    }

    /// <summary>Adds every provider kind.</summary>
    private static void AddProviderKinds(this IServiceCollection services)
    {
        services.AddFlowGptUpstream().BindConfiguration(FlowGptOptions.SectionName);
        services.AddOpenAiKind().BindConfiguration(OpenAiOptions.SectionName);
        services.AddAnthropicKind().BindConfiguration(AnthropicOptions.SectionName);
    }

    /// <summary>Names of the provider kinds.</summary>
    public static IReadOnlyList<string> KindNames(IConfiguration configuration)
    {
        var services = new ServiceCollection().AddSingleton(configuration).AddLogging();
        services.AddProviderKinds();
        using var provider = services.BuildServiceProvider();
        return [.. provider.GetServices<IProviderKind>().Select(static kind => kind.Name)];
    }

    /// <summary>
    /// Adds every problem in the features' configuration to the list, without starting or opening anything. Missing keys are the
    /// mode's concern.
    /// </summary>
    public static void Check(IConfiguration configuration, SiloOptions silo, ICollection<string> problems)
    {
        var unconvertible = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var section in Sections)
        {
            unconvertible.UnionWith(OptionsCheck.AddProblems(configuration, section.Name, section.Options.ToArray(), problems));
        }

        // Without what binding would stop at, so that the other values are judged too.
        var rest = configuration.AsEnumerable().Where(pair => !unconvertible.Contains(pair.Key));
        using var root = (ConfigurationRoot)
            new ConfigurationBuilder().AddInMemoryCollection(ProductKeys.Placeholders).AddInMemoryCollection(rest).Build();
        var services = new ServiceCollection().AddSingleton<IConfiguration>(root).AddLogging();
        services.AddProductFeatures(silo);
        // Metrics ask for options while they are being set up; a wrong value there would end the check before other options are checked.
        services.RemoveAll<IMetricsListener>();
        using var provider = services.BuildServiceProvider();
        Startup.Collect(
            problems,
            () =>
            {
                provider.GetService<IStartupValidator>()?.Validate();
                return CheckShutdown(silo, provider.GetRequiredService<IOptions<TurnOptions>>().Value);
            }
        );
    }

    private static bool CheckShutdown(SiloOptions silo, TurnOptions conversations) =>
        silo.ShutdownTimeout > conversations.DrainTimeout
            ? true
            : throw new StartupException(
                $"{SiloOptions.Section}:ShutdownTimeout is {silo.ShutdownTimeout}, not more than "
                    + $"{ConversationOptions.Section}:DrainTimeout ({conversations.DrainTimeout}). Give 10 seconds more."
            );
}
