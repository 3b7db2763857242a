using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Models;

namespace FlowGpt.Grains.Accounts;

/// <summary>Reads one model of the accounts file.</summary>
internal static class RouteFields
{
    /// <summary>The route; null when something is wrong with a field, which is noted.</summary>
    /// <param name="fields">The model.</param>
    /// <param name="defaultPool">The pool of a target that names none.</param>
    public static RouteDefinition? Read(JsonFields fields, string defaultPool)
    {
        var before = fields.ProblemCount;
        var route = new RouteDefinition
        {
            Id = fields.Checked("id", fields.Text("id"), AccountsProblems.OfModelId) ?? "",
            Targets = ReadTargets(fields, defaultPool),
            Description = fields.OptionalText("description"),
            ContextWindow = fields.OptionalNumber("contextWindow", AccountsProblems.OfContextWindow),
            CleanResponsePrefix = fields.OptionalFlag("cleanResponsePrefix"),
            Price = PriceFields.Read(fields.OptionalObject("price")),
        };
        fields.Done();
        return fields.ProblemCount == before ? route : null;
    }

    private static ImmutableArray<Target> ReadTargets(JsonFields fields, string defaultPool)
    {
        if (!fields.Has("targets"))
        {
            return [ReadFirstEdition(fields, defaultPool)];
        }

        var targets = ImmutableArray.CreateBuilder<Target>();
        foreach (var (_, target) in fields.OptionalList("targets"))
        {
            targets.Add(
                new(
                    target.Text("pool") ?? "",
                    target.Text("model") ?? "",
                    target.OptionalNumber("order", AccountsProblems.OfOrder) ?? 0,
                    target.OptionalNumber("weight", AccountsProblems.OfWeight) ?? 1,
                    ReadOptions(target.OptionalObject("options"))
                )
            );
            target.Done();
        }

        return targets.ToImmutable();
    }

    /// <summary>A model as the first edition had it: one target, whose model is the id of a published prompt.</summary>
    private static Target ReadFirstEdition(JsonFields fields, string defaultPool)
    {
        var model = fields.OptionalText("promptId");
        if (model is null)
        {
            fields.Problem("targets", "is missing; add a list of {\"pool\": …, \"model\": …}");
        }

        var options = ImmutableDictionary<string, string>.Empty;
        if (fields.OptionalText(RouteDefaults.UpstreamModel) is { } upstream)
        {
            options = options.SetItem(RouteDefaults.UpstreamModel, upstream);
        }

        return new(fields.OptionalText("pool") ?? defaultPool, model ?? "", 0, 1, options);
    }

    private static ImmutableDictionary<string, string> ReadOptions(JsonFields? fields) =>
        fields?.Texts().ToImmutableDictionary(static one => one.Name, static one => one.Value, StringComparer.Ordinal)
        ?? ImmutableDictionary<string, string>.Empty;
}
