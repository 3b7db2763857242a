using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.OpenAi.Requests;
using FlowGpt.Simulator.Replies;
using FlowGpt.Simulator.Tokens;

namespace FlowGpt.Simulator.OpenAi.Tools;

/// <summary>A tool call of a reply.</summary>
internal sealed record PlannedCall(string Id, string Name, string Arguments, bool IsCustom);

/// <summary>
/// Decides which tools a reply calls: those that a directive or setting dictates; else those whose name the question contains; else, when a
/// call is required, the first. After tool results only a required call is made.
/// </summary>
internal static class ToolPlanner
{
    public static IReadOnlyList<PlannedCall> Plan(CompletionRequest request, string question, IReadOnlyList<ScriptedCall>? scripted)
    {
        if (!request.Choice.MayCall)
        {
            return [];
        }

        OfferedTool[] offered = [.. request.Tools.Where(tool => request.Choice.Only?.Contains(tool.Name) != false)];
        PlannedCall[] calls = request.Messages[^1].Role == "tool" ? [] : [.. FromQuestion(offered, question, scripted)];
        if (calls.Length == 0 && request.Choice.MustCall && offered.Length > 0)
        {
            calls = [Call(offered[0], question, null)];
        }

        return request.ParallelCalls ? calls : calls[..Math.Min(1, calls.Length)];
    }

    private static IEnumerable<PlannedCall> FromQuestion(OfferedTool[] offered, string question, IReadOnlyList<ScriptedCall>? scripted) =>
        scripted is { Count: > 0 }
            ? scripted.Select(call =>
                Call(
                    Array.Find(offered, tool => tool.Name == call.Name) ?? new OfferedTool(call.Name, false, null),
                    question,
                    call.Arguments
                )
            )
            : offered.Where(tool => ToolName.IsIn(question, tool.Name)).Select(tool => Call(tool, question, null));

    private static PlannedCall Call(OfferedTool tool, string question, string? arguments) =>
        new(
            "call_" + NanoId.Create().Replace('-', '0').Replace('_', '1'),
            tool.Name,
            arguments ?? (tool.IsCustom ? question : SchemaSample.Of(tool.Schema, question)),
            tool.IsCustom
        );
}
