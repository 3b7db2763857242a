namespace FlowGpt.Grains.Upstreams.FlowGpt;

/// <summary>A request's messages as the service takes them.</summary>
/// <param name="System">All system messages, joined; null when there are none.</param>
/// <param name="Earlier">The turns before the question, oldest first, without system messages.</param>
/// <param name="Question">The new turn. It is in no other place.</param>
/// <param name="CanContinue">
/// Whether an upstream conversation that holds everything but the last message can be continued with the question alone.
/// </param>
internal sealed record FlowGptContext(string? System, IReadOnlyList<FlowGptTurn> Earlier, string Question, bool CanContinue);
