using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Models;

/// <summary>Lists every problem of the configured models.</summary>
public sealed class ModelCatalogOptionsValidator : IValidateOptions<ModelCatalogOptions>
{
    public ValidateOptionsResult Validate(string? name, ModelCatalogOptions options)
    {
        var problems = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < options.Aliases.Count; i++)
        {
            var alias = options.Aliases[i];
            var key = $"{ModelCatalogOptions.Section}:Aliases:{i}";
            var results = new List<ValidationResult>();
            Validator.TryValidateObject(alias, new ValidationContext(alias), results, validateAllProperties: true);
            problems.AddRange(results.Select(result => $"{key}:{string.Join(',', result.MemberNames)}: {result.ErrorMessage}"));
            if (alias.Targets.Count == 0 && string.IsNullOrWhiteSpace(alias.PromptId))
            {
                problems.Add($"{key}:PromptId: is empty; give a prompt id, or Targets.");
            }

            if (alias.Id.Length > 0 && !seen.Add(alias.Id))
            {
                problems.Add($"{key}:Id: '{alias.Id}' stands twice; give each alias its own id.");
            }
        }

        if (options.RefreshInterval is { } interval && (interval < TimeSpan.FromMinutes(1) || interval > TimeSpan.FromDays(30)))
        {
            problems.Add(
                $"{ModelCatalogOptions.Section}:RefreshInterval: is {interval} but must be from 1 minute to 30 days; leave it out to ask never."
            );
        }

        if (options.DiscoveryInterval < TimeSpan.FromSeconds(10) || options.DiscoveryInterval > TimeSpan.FromDays(1))
        {
            problems.Add(
                $"{ModelCatalogOptions.Section}:DiscoveryInterval: is {options.DiscoveryInterval} but must be from 10 seconds to 1 day."
            );
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
