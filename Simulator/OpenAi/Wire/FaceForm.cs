using FlowGpt.Simulator.Behaviour;

namespace FlowGpt.Simulator.OpenAi.Wire;

/// <summary>In what form a face answers errors and tells limits. A feature of the request.</summary>
/// <param name="Errors">The form of errors, unless behaviour dictates another.</param>
/// <param name="NamesLimitsFirst">Whether headers of limits are <c>anthropic-ratelimit-requests-limit</c> and the like, with times for resets.</param>
internal sealed record FaceForm(ErrorShape Errors, bool NamesLimitsFirst)
{
    private static readonly FaceForm OpenAi = new(ErrorShape.OpenAi, false);

    public static FaceForm Anthropic { get; } = new(ErrorShape.Anthropic, true);

    public static FaceForm Of(HttpContext context) => context.Features.Get<FaceForm>() ?? OpenAi;
}
