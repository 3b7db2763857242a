using System.Text;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Upstreams.Decorators.Json;
using FlowGpt.Grains.Upstreams.Decorators.Schema;

namespace FlowGpt.Grains.Upstreams.Decorators.Tools;

/// <summary>The protocol in words: what a model without its own tools is told, and how calls and results look in its conversation. Pure.</summary>
internal static class ToolProtocol
{
    private const string CallStart = "<tool_call>";
    private const string CallEnd = "</tool_call>";
    private const string ResultStart = "<tool_response>";
    private const string ResultEnd = "</tool_response>";

    /// <summary>What the model is told of the tools; empty when it may call none.</summary>
    public static string Describe(ToolSet tools, SignatureDetail detail)
    {
        if (tools.Shown.IsEmpty)
        {
            return "";
        }

        var text = new StringBuilder();
        var number = tools.Parallel ? "For several calls write several such blocks." : "Write one such block at most.";
        text.Append(
            $$"""
            # Tools
            You can call tools. The program around this chat carries out each call and shows you the result. To call a tool, write:
            {{CallStart}}
            {"name": "NAME", "arguments": {"ARGUMENT": "VALUE"} }
            {{CallEnd}}
            Between the tags stands one JSON object and nothing else. {{number}} After a call, stop and wait. Results come between {{ResultStart}} and {{ResultEnd}}: never write those yourself. Where no tool is needed, answer in plain text.
            The tools are these, each with the type of its arguments; "?" marks what may be left out:
            """
        );
        foreach (var tool in tools.Shown)
        {
            text.Append("\n- ").Append(ProtocolText.Escape(tool.Name)).Append(' ');
            text.Append(
                tool.Kind == ToolKind.Custom
                    ? "string (\"arguments\" is one string with the text)"
                    : ProtocolText.Escape(SchemaSignature.Of(tool.Parameters, detail))
            );
            if (SchemaSignature.Shorten(tool.Description, detail.Tool) is { Length: > 0 } description)
            {
                text.Append(": ").Append(ProtocolText.Escape(description));
            }

            if (
                tool.Kind == ToolKind.Custom
                && SchemaSignature.Shorten(Grammar.Of(tool.Parameters)?.Definition, detail.Tool) is { Length: > 0 } grammar
            )
            {
                text.Append(" The text follows this grammar: ").Append(ProtocolText.Escape(grammar));
            }
        }

        return text.ToString();
    }

    /// <summary>What stands after the question where the choice of tools is not free; empty where it is.</summary>
    public static string Demand(ToolSet tools)
    {
        if (tools.Only is { } name)
        {
            return $"\n\n(Answer with a {CallStart} of {name}, not with text.)";
        }

        var demand = tools.MustCall ? $"\n\n(Answer with a {CallStart}, not with text.)" : "";
        return tools.Tools.Length == tools.Shown.Length
            ? demand
            : $"{demand}\n\n(Call no other tools than these: {string.Join(", ", tools.Tools.Select(static tool => tool.Name))}.)";
    }

    /// <summary>A call as the model writes it.</summary>
    public static string Call(ToolCallItem call)
    {
        var arguments = call.Kind == ToolKind.Custom ? Quote(call.Arguments) : Object(call.Arguments);
        return $"{CallStart}\n{{\"name\": {Quote(call.Name)}, \"arguments\": {arguments}}}\n{CallEnd}";
    }

    /// <summary>A result as the model is shown it.</summary>
    /// <param name="call">The tool, with the call's arguments where the tool alone does not tell the call; null when it is not known.</param>
    /// <param name="text">What the tool gave; of an opaque origin.</param>
    /// <param name="isError">Whether the tool failed.</param>
    public static string Result(string? call, string text, bool isError)
    {
        var label = call is null ? "" : $"{ProtocolText.Escape(call)}: ";
        var mark = isError ? FailedResult.Mark : "";
        return $"{ResultStart}\n{label}{mark}{ProtocolText.Escape(text)}\n{ResultEnd}";
    }

    /// <summary>What the model is told when its call could not be read.</summary>
    public static string AskAgain(string problem) =>
        $"Your call could not be carried out: {ProtocolText.Escape(problem)} Write the corrected {CallStart} block now, and nothing else.";

    /// <summary>What the model is told when it answered in text where a call is needed.</summary>
    public static string AskForCall(ToolSet tools) =>
        tools.Only is { } name
            ? $"Write a {CallStart} block that calls {name} now, and nothing else."
            : $"Write a {CallStart} block that calls one of the tools now, and nothing else.";

    /// <summary>A broken block as the model wrote it.</summary>
    public static string Broken(string body) => $"{CallStart}\n{ProtocolText.Escape(body.Trim())}\n{CallEnd}";

    private static string Object(string arguments)
    {
        // Arguments are what a client says that a model once wrote: anything but a JSON object is shown as a string, so that it cannot end the block.
        var value = LooseJson.Read(arguments.Length == 0 ? "{}" : arguments);
        return value.End == JsonEnd.Whole && value.Next >= arguments.TrimEnd().Length && value.Json.StartsWith('{')
            ? value.Json.Replace("<", "\\u003c", StringComparison.Ordinal)
            : Quote(arguments);
    }

    private static string Quote(string text) =>
        $"\"{System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text).Replace("<", "\\u003c", StringComparison.Ordinal)}\"";
}
