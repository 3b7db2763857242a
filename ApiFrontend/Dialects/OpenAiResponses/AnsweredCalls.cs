using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>Checks that each output of a tool answers a call of the same input. An input that continues something stored may answer calls of that. Pure.</summary>
internal static class AnsweredCalls
{
    /// <summary>What is wrong with the first output that answers no call; null when each does, and where a call may be among items that are not sent.</summary>
    public static ApiError? Check(RequestField input)
    {
        if (input.Value.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var calls = new HashSet<string>(StringComparer.Ordinal);
        var outputs = new List<(int Index, string CallId)>();
        var index = -1;
        foreach (var item in input.Value.EnumerateArray())
        {
            index++;
            var type = TextOf(item, "type");
            if (type is "compaction" or "item_reference")
            {
                return null;
            }

            if (TextOf(item, "call_id") is not { } id)
            {
                continue;
            }

            if (type is "function_call_output" or "custom_tool_call_output")
            {
                outputs.Add((index, id));
            }
            else
            {
                calls.Add(id);
            }
        }

        foreach (var output in outputs)
        {
            if (!calls.Contains(output.CallId))
            {
                return RequestErrors.Invalid(
                    $"{input.Path}[{output.Index}].call_id",
                    "no call of the input has this id; send the call before its output, or name the 'previous_response_id' or 'conversation' that holds the call."
                );
            }
        }

        return null;
    }

    /// <summary>The error for a second output of one call, before a further call uses the same id; null when there is none.</summary>
    public static ApiError? CheckRepeated(RequestField input)
    {
        if (input.Value.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var answered = new AnsweredOnce();
        var index = -1;
        foreach (var item in input.Value.EnumerateArray())
        {
            index++;
            if (TextOf(item, "call_id") is not { } id)
            {
                continue;
            }

            if (TextOf(item, "type") is not ("function_call_output" or "custom_tool_call_output"))
            {
                answered.Call(id);
            }
            else if (!answered.Result(id))
            {
                return RequestErrors.RepeatedResult($"{input.Path}[{index}].call_id");
            }
        }

        return null;
    }

    private static string? TextOf(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
