using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Interfaces.Accounts;
using FlowGpt.Grains.Interfaces.Models;

namespace FlowGpt.Grains.Models;

/// <summary>Checks the form of an added route's fields, as the accounts file's are checked. Pure.</summary>
internal static class RouteChecks
{
    /// <summary>Everything that is wrong, by field.</summary>
    public static IEnumerable<FieldProblem> Of(RouteDefinition route) =>
        Fields(route).Where(static one => one.Problem is not null).Select(static one => new FieldProblem(one.Field, one.Problem!));

    private static IEnumerable<(string Field, string? Problem)> Fields(RouteDefinition route)
    {
        yield return ("id", AccountsProblems.OfModelId(route.Id));
        yield return ("contextWindow", route.ContextWindow is { } window ? AccountsProblems.OfContextWindow(window) : null);
        for (var i = 0; i < route.Targets.Length; i++)
        {
            yield return ($"targets[{i}].pool", AccountsProblems.OfPool(route.Targets[i].Pool));
            yield return ($"targets[{i}].order", AccountsProblems.OfOrder(route.Targets[i].Order));
            yield return ($"targets[{i}].weight", AccountsProblems.OfWeight(route.Targets[i].Weight));
        }

        if (route.Price is { } price)
        {
            yield return ("price.input", AccountsProblems.OfPrice(price.Input));
            yield return ("price.output", AccountsProblems.OfPrice(price.Output));
            yield return ("price.cachedInput", price.CachedInput is { } cached ? AccountsProblems.OfPrice(cached) : null);
        }
    }
}
