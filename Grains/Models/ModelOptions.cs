using System.ComponentModel.DataAnnotations;

namespace FlowGpt.Grains.Models;

/// <summary>One configured model alias.</summary>
public sealed class ModelOptions
{
    /// <summary>The name clients use. Required.</summary>
    [Required(AllowEmptyStrings = false)]
    public string Id { get; set; } = "";

    /// <summary>FlowGPT: id of the published bot persona that answers. Required.</summary>
    [Required(AllowEmptyStrings = false)]
    public string PromptId { get; set; } = "";

    /// <summary>The model name sent upstream.</summary>
    /// <value><c>FlowGPT-Ares</c> by default.</value>
    [Required(AllowEmptyStrings = false)]
    public string UpstreamModel { get; set; } = "FlowGPT-Ares";

    /// <summary>Which upstream serves it.</summary>
    /// <value><c>flowgpt</c> by default.</value>
    [Required(AllowEmptyStrings = false)]
    public string Upstream { get; set; } = "flowgpt";

    /// <summary>Which account pool pays for it.</summary>
    /// <value><c>flowgpt</c> by default.</value>
    [Required(AllowEmptyStrings = false)]
    public string Pool { get; set; } = "flowgpt";

    /// <summary>Shown in <c>/v1/models</c>; a sentence that says what really answers is made up when empty.</summary>
    public string? Description { get; set; }

    /// <summary>Most o200k tokens of prompt and reply together.</summary>
    /// <value>10,000 by default (what the personas are reported to take). 256 to 10,000,000.</value>
    [Range(256, 10_000_000)]
    public int ContextWindow { get; set; } = 10_000;

    /// <summary>Whether a bold "…Response:" label at the start of a reply is removed.</summary>
    /// <value>True by default.</value>
    public bool CleanResponsePrefix { get; set; } = true;
}
