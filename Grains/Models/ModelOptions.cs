using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using FlowGpt.Grains.Interfaces.Models;

namespace FlowGpt.Grains.Models;

/// <summary>One configured model alias: a prompt id in one pool, or targets of their own.</summary>
public sealed class ModelOptions
{
    /// <summary>The name clients use. Required.</summary>
    [Required(AllowEmptyStrings = false)]
    public string Id { get; set; } = "";

    /// <summary>The model of the only target, at FlowGPT the id of the published prompt. Required unless there are <see cref="Targets"/>.</summary>
    public string PromptId { get; set; } = "";

    /// <summary>The model on which the prompt runs; null leaves the choice to the pool's provider kind.</summary>
    public string? UpstreamModel { get; set; }

    /// <summary>The pool of the only target.</summary>
    /// <value><c>flowgpt</c> by default.</value>
    [Required(AllowEmptyStrings = false)]
    public string Pool { get; set; } = "flowgpt";

    /// <summary>The targets, in place of <see cref="PromptId"/>.</summary>
    public List<TargetOptions> Targets { get; set; } = [];

    /// <summary>Shown in <c>/v1/models</c>; a sentence that says what really answers is made up when empty.</summary>
    public string? Description { get; set; }

    /// <summary>Most tokens of prompt and reply together; null takes what is known of the targets.</summary>
    /// <value>256 to 10,000,000.</value>
    [Range(256, 10_000_000)]
    public int? ContextWindow { get; set; }

    /// <summary>Whether a bold "…Response:" label at the start of a reply is removed; null leaves the choice to the targets' provider kinds.</summary>
    public bool? CleanResponsePrefix { get; set; }

    internal RouteDefinition ToDefinition() =>
        new()
        {
            Id = Id,
            Targets = Targets.Count == 0 ? [ToTarget()] : [.. Targets.Select(static target => target.ToTarget())],
            Description = Description,
            ContextWindow = ContextWindow,
            CleanResponsePrefix = CleanResponsePrefix,
        };

    private Target ToTarget() =>
        new(Pool, PromptId) { Options = UpstreamModel is null ? Empty : Empty.Add("upstreamModel", UpstreamModel) };

    private static ImmutableDictionary<string, string> Empty => ImmutableDictionary<string, string>.Empty;
}

/// <summary>One configured target.</summary>
public sealed class TargetOptions
{
    /// <summary>The pool that serves with its accounts.</summary>
    public string Pool { get; set; } = "";

    /// <summary>The provider's name of the model.</summary>
    public string Model { get; set; } = "";

    /// <summary>Targets of a lower order are tried first.</summary>
    public int Order { get; set; }

    /// <summary>Share among targets of equal order, at least 1.</summary>
    public int Weight { get; set; } = 1;

    internal Target ToTarget() => new(Pool, Model, Order, Math.Max(1, Weight), ImmutableDictionary<string, string>.Empty);
}
