using FlowGpt.Simulator.Behaviour;

namespace FlowGpt.Simulator.Replies;

/// <summary>What a reply may depend on.</summary>
/// <param name="Question">The question without directives.</param>
/// <param name="Earlier">The messages before it, oldest first; only called when a rule needs them.</param>
/// <param name="Calls">Calls that a directive or a setting dictates; null for none.</param>
internal readonly record struct ReplyContext(
    string Question,
    Func<IReadOnlyList<ContextMessage>> Earlier,
    IReadOnlyList<ScriptedCall>? Calls = null
);
