using FlowGpt.Grains.Upstreams.Http;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Upstreams.Anthropic;

/// <summary>Limits of every call to a server that speaks Anthropic Messages, whichever pool makes the call. Bound once; a change needs a restart.</summary>
public sealed class AnthropicOptions : UpstreamCallOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "FlowGpt:Anthropic";

    /// <summary>The output limit of a call that has none: the provider demands a limit. A target's option <c>maxTokens</c> goes before.</summary>
    /// <value>Tokens, 1 to 1000000, default 4096.</value>
    public int DefaultMaxTokens { get; set; } = 4096;
}

/// <summary>Checks <see cref="AnthropicOptions"/> and lists every problem by its configuration key.</summary>
public sealed class AnthropicOptionsValidator : IValidateOptions<AnthropicOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, AnthropicOptions options)
    {
        var problems = options.Problems().ToList();
        if (options.DefaultMaxTokens is < 1 or > 1_000_000)
        {
            problems.Add($"{nameof(options.DefaultMaxTokens)} is {options.DefaultMaxTokens}; it must be 1 to 1000000");
        }

        return problems.Count == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(problems.Select(static problem => $"{AnthropicOptions.SectionName}:{problem}"));
    }
}
