using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Accounts;

namespace FlowGpt.Grains.Interfaces.Models;

/// <summary>The result of a change of the catalog: exactly one of the nested kinds.</summary>
[GenerateSerializer, Immutable, Alias("flowgpt.ModelChangeResult")]
public abstract record ModelChangeResult
{
    private ModelChangeResult() { }

    /// <summary>It is stored and in force.</summary>
    /// <param name="Model">The model; null where a model was removed.</param>
    /// <param name="IsNew">Whether there was none of that id.</param>
    [GenerateSerializer, Immutable, Alias("flowgpt.ModelChangeResult.Done")]
    public sealed record Done([property: Id(0)] ModelStatus? Model, [property: Id(1)] bool IsNew) : ModelChangeResult;

    /// <summary>There is no such model.</summary>
    [GenerateSerializer, Immutable, Alias("flowgpt.ModelChangeResult.NotFound")]
    public sealed record NotFound : ModelChangeResult;

    /// <summary>The model belongs to the configuration, or there are too many.</summary>
    /// <param name="Problem">What is wrong and what to do.</param>
    [GenerateSerializer, Immutable, Alias("flowgpt.ModelChangeResult.Conflict")]
    public sealed record Conflict([property: Id(0)] string Problem) : ModelChangeResult;

    /// <summary>Values that no model can have.</summary>
    /// <param name="Problems">All problems, each as field and reason.</param>
    [GenerateSerializer, Immutable, Alias("flowgpt.ModelChangeResult.Invalid")]
    public sealed record Invalid([property: Id(0)] ImmutableArray<FieldProblem> Problems) : ModelChangeResult;
}
