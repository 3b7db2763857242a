using System.Collections.Immutable;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>Writes a turn's tools and which of them the model may or must call.</summary>
internal static class ChatToolWriter
{
    public static void Write(Utf8JsonWriter json, TurnRequest turn, bool? parallelCalls, OpenAiPool pool)
    {
        var tools = ToolsOf(turn, pool);
        if (tools.IsEmpty)
        {
            return;
        }

        json.WriteStartArray("tools"u8);
        foreach (var tool in tools)
        {
            WriteTool(json, tool, pool);
        }

        json.WriteEndArray();
        if (!pool.Lacks(OpenAiQuirks.ToolChoice))
        {
            WriteChoice(json, turn.ToolChoice, tools, pool);
        }

        if (parallelCalls is { } parallel && !pool.Lacks(OpenAiQuirks.ParallelToolCalls))
        {
            json.WriteBoolean("parallel_tool_calls"u8, parallel);
        }
    }

    /// <summary>The tools to send: where the server cannot express the choice, the choice is made by leaving tools out.</summary>
    public static ImmutableArray<ToolDefinition> ToolsOf(TurnRequest turn, OpenAiPool pool)
    {
        if (turn.Tools.IsDefaultOrEmpty || pool.Lacks(OpenAiQuirks.Tools))
        {
            return [];
        }

        var tools = pool.Lacks(OpenAiQuirks.CustomTools) ? turn.Tools.RemoveAll(static tool => tool.Kind == ToolKind.Custom) : turn.Tools;
        var (mode, names) = turn.ToolChoice;
        var lacksChoice = pool.Lacks(OpenAiQuirks.ToolChoice);
        if (lacksChoice && mode == ToolChoiceMode.None)
        {
            return [];
        }

        var leavesOut = mode switch
        {
            ToolChoiceMode.Named => lacksChoice,
            ToolChoiceMode.AllowedAuto or ToolChoiceMode.AllowedRequired => lacksChoice || pool.Lacks(OpenAiQuirks.AllowedTools),
            _ => false,
        };
        return leavesOut ? tools.RemoveAll(tool => !names.Contains(tool.Name)) : tools;
    }

    private static void WriteTool(Utf8JsonWriter json, ToolDefinition tool, OpenAiPool pool)
    {
        var isCustom = tool.Kind == ToolKind.Custom;
        json.WriteStartObject();
        json.WriteString("type"u8, isCustom ? "custom"u8 : "function"u8);
        json.WriteStartObject(isCustom ? "custom"u8 : "function"u8);
        json.WriteString("name"u8, tool.Name);
        if (tool.Description is { } description)
        {
            json.WriteString("description"u8, description);
        }

        if (tool.Parameters is { } parameters)
        {
            json.WritePropertyName(isCustom ? "format"u8 : "parameters"u8);
            ChatRequestWriter.WriteRaw(json, parameters, "tools");
        }

        if (tool.Strict is { } strict && !isCustom && !pool.Lacks(OpenAiQuirks.Strict))
        {
            json.WriteBoolean("strict"u8, strict);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteChoice(Utf8JsonWriter json, ToolChoice choice, ImmutableArray<ToolDefinition> tools, OpenAiPool pool)
    {
        switch (choice.Mode)
        {
            case ToolChoiceMode.None:
                json.WriteString("tool_choice"u8, "none"u8);
                break;
            case ToolChoiceMode.Required:
            case ToolChoiceMode.AllowedRequired when pool.Lacks(OpenAiQuirks.AllowedTools):
                json.WriteString("tool_choice"u8, "required"u8);
                break;
            case ToolChoiceMode.Named when choice.Names is [var name]:
                json.WritePropertyName("tool_choice"u8);
                WriteNamed(json, name, tools);
                break;
            case ToolChoiceMode.AllowedAuto or ToolChoiceMode.AllowedRequired when !pool.Lacks(OpenAiQuirks.AllowedTools):
                WriteAllowed(json, choice, tools);
                break;
            default:
                // The model decides, as every server does by itself.
                break;
        }
    }

    private static void WriteAllowed(Utf8JsonWriter json, ToolChoice choice, ImmutableArray<ToolDefinition> tools)
    {
        json.WriteStartObject("tool_choice"u8);
        json.WriteString("type"u8, "allowed_tools"u8);
        json.WriteStartObject("allowed_tools"u8);
        json.WriteString("mode"u8, choice.Mode == ToolChoiceMode.AllowedRequired ? "required"u8 : "auto"u8);
        json.WriteStartArray("tools"u8);
        foreach (var name in choice.Names)
        {
            WriteNamed(json, name, tools);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteNamed(Utf8JsonWriter json, string name, ImmutableArray<ToolDefinition> tools)
    {
        var isCustom = tools.Any(tool => tool.Kind == ToolKind.Custom && tool.Name == name);
        json.WriteStartObject();
        json.WriteString("type"u8, isCustom ? "custom"u8 : "function"u8);
        json.WriteStartObject(isCustom ? "custom"u8 : "function"u8);
        json.WriteString("name"u8, name);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
