using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Interfaces.Accounts;
using FlowGpt.Grains.Interfaces.Models;

namespace FlowGpt.Grains.Models;

/// <summary>Checks added models, and gives them the defaults of configured ones.</summary>
internal static class ModelAliases
{
    private const int LongestId = 128;

    public static ModelOptions ToOptions(ModelAlias alias)
    {
        var defaults = new ModelOptions();
        return new()
        {
            Id = alias.Id,
            PromptId = alias.PromptId,
            UpstreamModel = alias.UpstreamModel ?? defaults.UpstreamModel,
            Pool = alias.Pool ?? defaults.Pool,
            Description = alias.Description,
            ContextWindow = alias.ContextWindow ?? defaults.ContextWindow,
            CleanResponsePrefix = alias.CleanResponsePrefix ?? defaults.CleanResponsePrefix,
        };
    }

    /// <summary>Everything that is wrong with an added model, by field.</summary>
    public static ImmutableArray<FieldProblem> Check(ModelAlias alias)
    {
        var options = ToOptions(alias);
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        var problems = results.Select(static one => new FieldProblem(
            JsonNamingPolicy.CamelCase.ConvertName(one.MemberNames.First()),
            $"is not valid: {one.ErrorMessage}"
        ));
        if (alias.Id.Length > LongestId || alias.Id.Any(static c => char.IsControl(c) || char.IsWhiteSpace(c)))
        {
            problems = problems.Append(new("id", $"must have at most {LongestId} characters and no white space"));
        }

        if (alias.Pool is { } pool && AccountsProblems.OfPool(pool) is { } problem)
        {
            problems = problems.Append(new("pool", problem));
        }

        return [.. problems];
    }
}
