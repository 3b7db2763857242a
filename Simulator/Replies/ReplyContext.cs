namespace FlowGpt.Simulator.Replies;

/// <summary>What a reply may depend on.</summary>
/// <param name="Question">The question without directives.</param>
/// <param name="Earlier">The messages before it, oldest first; only called when a rule needs them.</param>
internal readonly record struct ReplyContext(string Question, Func<IReadOnlyList<ContextMessage>> Earlier);
