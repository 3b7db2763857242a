using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Upstreams;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Models;

/// <summary>Holds the configured models against the pools there are. Says nothing while the accounts themselves have problems, which are listed elsewhere.</summary>
internal sealed class RoutePoolsValidator(IServiceProvider services, ProviderKinds kinds) : IValidateOptions<ModelCatalogOptions>
{
    public ValidateOptionsResult Validate(string? name, ModelCatalogOptions options)
    {
        if (options.Aliases.Count == 0)
        {
            return ValidateOptionsResult.Success;
        }

        IAccountSource accounts;
        IPoolSource pools;
        try
        {
            (accounts, pools) = (services.GetRequiredService<IAccountSource>(), services.GetRequiredService<IPoolSource>());
        }
        catch (OptionsValidationException)
        {
            return ValidateOptionsResult.Success;
        }

        var known = pools.Names.ToHashSet(StringComparer.Ordinal);
        var problems = new List<string>();
        for (var i = 0; i < options.Aliases.Count; i++)
        {
            var definition = options.Aliases[i].ToDefinition();
            foreach (var problem in RouteProblems.Of(definition, pool => known.Contains(pool) ? accounts.PoolOf(pool) : null, kinds))
            {
                // An empty model is reported by its own name.
                if (!problem.Field.EndsWith(".model", StringComparison.Ordinal) || options.Aliases[i].Targets.Count > 0)
                {
                    problems.Add($"{ModelCatalogOptions.Section}:Aliases:{i}: {problem.Field} {problem.Problem}");
                }
            }
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
