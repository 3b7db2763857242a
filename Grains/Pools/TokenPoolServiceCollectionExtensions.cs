using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Cluster;
using FlowGpt.Grains.Isolation;
using FlowGpt.Grains.Pools.Leasing;
using FlowGpt.Grains.Records;
using FlowGpt.Grains.Secrets;
using FlowGpt.Grains.Upstreams;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Pools;

/// <summary>Registers the token pool, its accounts and the leases that this silo holds.</summary>
public static class TokenPoolServiceCollectionExtensions
{
    /// <summary>
    /// Adds everything that pools need on a silo. Options come from <see cref="PoolOptions.SectionName"/> and
    /// <see cref="AccountsOptions.SectionName"/> and are validated at start. Pool state goes to the grain storage named "Default". What the
    /// host registered before (<see cref="TimeProvider"/>, <see cref="ISecretVault"/>, <see cref="IAccountSource"/>) is kept; without a vault
    /// of the host, tokens added through the API last as long as the process.
    /// </summary>
    public static IServiceCollection AddTokenPool(this IServiceCollection services)
    {
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ISecretVault, EphemeralVault>();
        services.TryAddSingleton<CredentialSeal>();
        services.TryAddSingleton<RecordCap>();
        services.TryAddSingleton<SiloContact>();
        services.AddSingleton<PoolInstruments>();
        services.AddSingleton<SiloLeases>();
        services.AddSingleton<ISiloLeases>(provider => provider.GetRequiredService<SiloLeases>());
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<SiloLeases>());
        services.AddSingleton<ILeaseReportClient, LeaseReportClient>();
        services.AddGrainService<LeaseReportService>();
        services.AddSingleton<AccountSource>();
        services.TryAddSingleton<ProviderKinds>();
        services.TryAddSingleton<IAccountSource>(provider => provider.GetRequiredService<AccountSource>());
        services.TryAddSingleton<IPoolSource>(provider => provider.GetRequiredService<AccountSource>());
        services.TryAddSingleton<IRouteSource>(provider => provider.GetRequiredService<AccountSource>());
        services.TryAddSingleton<IAccountsFileWatch>(provider => provider.GetRequiredService<AccountSource>());
        services.TryAddSingleton<PoolCatalog>();
        services.AddHostedService(provider => provider.GetRequiredService<AccountSource>());
        services.AddSingleton<IValidateOptions<PoolOptions>, PoolOptionsValidator>();
        services.AddSingleton<IValidateOptions<AccountsOptions>, AccountsOptionsValidator>();
        services.AddOptions<PoolOptions>().BindConfiguration(PoolOptions.SectionName).ValidateOnStart();
        services.AddOptions<AccountsOptions>().BindConfiguration(AccountsOptions.SectionName).ValidateOnStart();
        return services;
    }
}
