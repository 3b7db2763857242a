using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>Checks <see cref="OpenAiOptions"/> and lists every problem by its configuration key.</summary>
public sealed class OpenAiOptionsValidator : IValidateOptions<OpenAiOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, OpenAiOptions options)
    {
        var problems = options.Problems().Select(problem => $"{OpenAiOptions.SectionName}:{problem}").ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
