using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Audit;

/// <summary>Registers the audit log.</summary>
public static class AuditServiceCollectionExtensions
{
    /// <summary>Adds what the audit grains need; the caller binds the returned options to <see cref="AuditOptions.Section"/>.</summary>
    public static OptionsBuilder<AuditOptions> AddAudit(this IServiceCollection services) =>
        services.AddOptions<AuditOptions>().ValidateDataAnnotations().ValidateOnStart();
}
