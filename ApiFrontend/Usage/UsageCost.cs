using FlowGpt.ApiFrontend.Models;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Usage;

namespace FlowGpt.ApiFrontend.Usage;

/// <summary>What usage costs at the present prices of the models. Pure.</summary>
internal static class UsageCost
{
    private const decimal Million = 1_000_000;

    /// <summary>The cost of a group; null for a group of several models, and for a model without a price.</summary>
    public static decimal? Of(UsageRow row, CachedCatalog? models) =>
        row.Model is { } model && models?.Find(model)?.Entry.Price is { } price ? Of(row.Figures, price) : null;

    private static decimal Of(UsageFigures figures, TokenPrice price)
    {
        var cached = Math.Min(figures.CachedTokens, figures.PromptTokens);
        return (
                ((figures.PromptTokens - cached) * price.Input)
                + (cached * (price.CachedInput ?? price.Input))
                + (figures.CompletionTokens * price.Output)
            ) / Million;
    }
}
