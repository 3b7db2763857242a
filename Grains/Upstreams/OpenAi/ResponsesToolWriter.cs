using System.Collections.Immutable;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>Writes a turn's tools, those that the provider runs itself after the others, and which of them the model may or must call.</summary>
internal static class ResponsesToolWriter
{
    public static void Write(Utf8JsonWriter json, UpstreamCall call, ResponsesFields fields, OpenAiPool pool)
    {
        var tools = ChatToolWriter.ToolsOf(call.Turn, pool);
        JsonElement[] builtIns = call.Turn.ToolChoice.Mode == ToolChoiceMode.None ? [] : [.. fields.BuiltInTools];
        if (tools.IsEmpty && builtIns.Length == 0)
        {
            return;
        }

        json.WriteStartArray("tools"u8);
        foreach (var tool in tools)
        {
            WriteTool(json, tool, fields.IsNative, pool);
        }

        foreach (var builtIn in builtIns)
        {
            builtIn.WriteTo(json);
        }

        json.WriteEndArray();
        if (!pool.Lacks(OpenAiQuirks.ToolChoice))
        {
            WriteChoice(json, call.Turn.ToolChoice, tools);
        }

        if (call.Sampling.ParallelToolCalls is { } parallel && !pool.Lacks(OpenAiQuirks.ParallelToolCalls))
        {
            json.WriteBoolean("parallel_tool_calls"u8, parallel);
        }

        if (fields["max_tool_calls"] is { ValueKind: JsonValueKind.Number } most)
        {
            json.WritePropertyName("max_tool_calls"u8);
            most.WriteTo(json);
        }
    }

    private static void WriteTool(Utf8JsonWriter json, ToolDefinition tool, bool isNative, OpenAiPool pool)
    {
        var isCustom = tool.Kind == ToolKind.Custom;
        json.WriteStartObject();
        json.WriteString("type"u8, isCustom ? "custom"u8 : "function"u8);
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
        else if (!isCustom)
        {
            json.WriteNull("parameters"u8);
        }

        // In this protocol a function is strict unless the request says otherwise; in the others it is not.
        if (!isCustom && !pool.Lacks(OpenAiQuirks.Strict) && (tool.Strict is not null || !isNative))
        {
            json.WriteBoolean("strict"u8, tool.Strict ?? false);
        }

        json.WriteEndObject();
    }

    private static void WriteChoice(Utf8JsonWriter json, ToolChoice choice, ImmutableArray<ToolDefinition> tools)
    {
        switch (choice.Mode)
        {
            case ToolChoiceMode.None:
                json.WriteString("tool_choice"u8, "none"u8);
                break;
            case ToolChoiceMode.Required:
                json.WriteString("tool_choice"u8, "required"u8);
                break;
            case ToolChoiceMode.Named when choice.Names is [var name]:
                json.WritePropertyName("tool_choice"u8);
                WriteNamed(json, name, tools);
                break;
            case ToolChoiceMode.AllowedAuto or ToolChoiceMode.AllowedRequired:
                json.WriteStartObject("tool_choice"u8);
                json.WriteString("type"u8, "allowed_tools"u8);
                json.WriteString("mode"u8, choice.Mode == ToolChoiceMode.AllowedRequired ? "required"u8 : "auto"u8);
                json.WriteStartArray("tools"u8);
                foreach (var allowed in choice.Names)
                {
                    WriteNamed(json, allowed, tools);
                }

                json.WriteEndArray();
                json.WriteEndObject();
                break;
            default:
                // The model decides, as every server does by itself.
                break;
        }
    }

    private static void WriteNamed(Utf8JsonWriter json, string name, ImmutableArray<ToolDefinition> tools)
    {
        var isCustom = tools.Any(tool => tool.Kind == ToolKind.Custom && tool.Name == name);
        json.WriteStartObject();
        json.WriteString("type"u8, isCustom ? "custom"u8 : "function"u8);
        json.WriteString("name"u8, name);
        json.WriteEndObject();
    }
}
