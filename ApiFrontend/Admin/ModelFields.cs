using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Accounts;
using FlowGpt.Grains.Interfaces.Models;

namespace FlowGpt.ApiFrontend.Admin;

/// <summary>A route as a body gives it.</summary>
/// <param name="Route">The route; its id is the address's.</param>
/// <param name="IsShort">Whether the body has one target in the short form: <c>promptId</c>, <c>upstreamModel</c>, <c>pool</c>.</param>
internal sealed record ModelFields(RouteDefinition Route, bool IsShort)
{
    private const string DefaultPool = "flowgpt";

    /// <summary>Reads a body.</summary>
    public static ModelFields Read(AdminFields fields)
    {
        var isShort = !fields.Has("targets");
        // A body may repeat the id of its address.
        fields.Text("id");
        var route = new RouteDefinition
        {
            Targets = isShort ? [ReadShort(fields)] : ReadTargets(fields),
            Description = fields.Text("description"),
            ContextWindow = fields.Number("contextWindow") is { } window ? ToInt(window) : null,
            CleanResponsePrefix = fields.Flag("cleanResponsePrefix"),
            Price = ReadPrice(fields.Object("price")),
        };
        return new(route, isShort);
    }

    /// <summary>A problem by the name that its field has in the body.</summary>
    public FieldProblem InBody(FieldProblem problem) =>
        IsShort
            ? problem.Field switch
            {
                "targets[0].pool" => problem with { Field = "pool" },
                "targets[0].model" => problem with { Field = "promptId" },
                "targets[0].options.upstreamModel" => problem with { Field = "upstreamModel" },
                _ => problem,
            }
            : problem;

    private static ImmutableArray<Target> ReadTargets(AdminFields fields)
    {
        var targets = ImmutableArray.CreateBuilder<Target>();
        foreach (var target in fields.Objects("targets") ?? [])
        {
            targets.Add(
                new(
                    Required(target, "pool"),
                    Required(target, "model"),
                    ToInt(target.Number("order") ?? 0),
                    ToInt(target.Number("weight") ?? 1),
                    ReadOptions(target.Object("options"))
                )
            );
            target.Done();
        }

        return targets.ToImmutable();
    }

    private static Target ReadShort(AdminFields fields)
    {
        if (!fields.Has("promptId"))
        {
            fields.Missing("targets", "add a list of {\"pool\": …, \"model\": …}, or promptId for one published prompt");
        }

        var model = fields.Text("upstreamModel");
        var options = ImmutableDictionary<string, string>.Empty;
        return new(
            fields.Text("pool") ?? DefaultPool,
            fields.Text("promptId") ?? "",
            0,
            1,
            model is null ? options : options.Add("upstreamModel", model)
        );
    }

    private static ImmutableDictionary<string, string> ReadOptions(AdminFields? fields) =>
        fields?.Names().Select(name => KeyValuePair.Create(name, fields.Text(name) ?? "")).ToImmutableDictionary(StringComparer.Ordinal)
        ?? ImmutableDictionary<string, string>.Empty;

    private static TokenPrice? ReadPrice(AdminFields? fields)
    {
        if (fields is null)
        {
            return null;
        }

        var price = new TokenPrice(RequiredAmount(fields, "input"), RequiredAmount(fields, "output"), fields.Amount("cachedInput"));
        fields.Done();
        return price;
    }

    private static string Required(AdminFields fields, string name)
    {
        if (!fields.Has(name))
        {
            fields.Missing(name);
        }

        return fields.Text(name) ?? "";
    }

    private static decimal RequiredAmount(AdminFields fields, string name)
    {
        if (!fields.Has(name))
        {
            fields.Missing(name);
        }

        return fields.Amount(name) ?? 0;
    }

    private static int ToInt(long number) => (int)Math.Clamp(number, int.MinValue, int.MaxValue);
}
