using FlowGpt.Grains.Interfaces.Accounts;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Upstreams;

namespace FlowGpt.Grains.Accounts;

/// <summary>What can be wrong with a route beside the form of its fields. Pure.</summary>
internal static class RouteProblems
{
    private const int MostTargets = 100;

    /// <summary>Everything that is wrong, by field.</summary>
    /// <param name="route">The route.</param>
    /// <param name="pool">A pool by its name; null when there is no such pool.</param>
    /// <param name="kinds">The provider kinds of this process.</param>
    public static IEnumerable<FieldProblem> Of(RouteDefinition route, Func<string, ConfiguredPool?> pool, ProviderKinds kinds)
    {
        if (route.Targets.Length is 0 or > MostTargets)
        {
            yield return new("targets", $"must have 1 to {MostTargets} targets");
        }

        for (var i = 0; i < route.Targets.Length; i++)
        {
            var (target, place) = (route.Targets[i], $"targets[{i}]");
            if (string.IsNullOrWhiteSpace(target.Model))
            {
                yield return new($"{place}.model", "is empty; name the provider's model");
            }

            if (route.Targets.Take(i).Any(other => (other.Pool, other.Model) == (target.Pool, target.Model)))
            {
                yield return new(place, $"is the same as another target, {target}; list each once and use weight");
            }

            if (pool(target.Pool) is not { Definition: var definition })
            {
                yield return new($"{place}.pool", $"\"{target.Pool}\" is not a known pool; define the pool or add an account to it first");
            }
            else if (kinds.Find(definition.Kind) is not { } kind)
            {
                yield return new(
                    $"{place}.pool",
                    $"\"{target.Pool}\" is of the kind {definition.Kind}, which is not there; use one of {kinds.Names}"
                );
            }
            else
            {
                foreach (var problem in kind.Check(target))
                {
                    yield return new($"{place}.options.{problem.Field}", problem.Problem);
                }
            }
        }
    }

    /// <summary>Routes that have the id of another route.</summary>
    public static IEnumerable<string> OfDuplicates(IReadOnlyList<(RouteDefinition Route, string Place)> routes) =>
        routes
            .GroupBy(static one => one.Route.Id, StringComparer.Ordinal)
            .SelectMany(group =>
                group
                    .Skip(1)
                    .Select(one => $"{one.Place}.id \"{one.Route.Id}\" is used by {group.First().Place} too; give each model its own id")
            );
}
