using System.Collections.Immutable;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Upstreams.Anthropic;

/// <summary>Writes a turn's tools and which of them the model may or must call. A tool of free text takes one string, since this protocol knows none.</summary>
internal static class MessagesToolWriter
{
    /// <summary>The member that holds the text of a tool of free text.</summary>
    public const string CustomInput = "input";

    private const string CustomSchema = """{"type":"object","properties":{"input":{"type":"string"}},"required":["input"]}""";

    public static void Write(Utf8JsonWriter json, UpstreamCall call, NativeRequest native)
    {
        if (native.Find("tools") is { } tools)
        {
            json.WritePropertyName("tools"u8);
            tools.WriteTo(json);
            if (native.Find("tool_choice") is { } choice)
            {
                json.WritePropertyName("tool_choice"u8);
                choice.WriteTo(json);
            }

            return;
        }

        var offered = ToolsOf(call.Turn.Tools, call.Turn.ToolChoice);
        if (offered.IsEmpty)
        {
            return;
        }

        json.WriteStartArray("tools"u8);
        foreach (var tool in offered)
        {
            WriteTool(json, tool);
        }

        json.WriteEndArray();
        WriteChoice(json, call.Turn.ToolChoice, call.Sampling.ParallelToolCalls);
    }

    private static ImmutableArray<ToolDefinition> ToolsOf(ImmutableArray<ToolDefinition> tools, ToolChoice choice) =>
        tools.IsDefaultOrEmpty ? []
        : choice.Mode is ToolChoiceMode.AllowedAuto or ToolChoiceMode.AllowedRequired
            ? tools.RemoveAll(tool => !choice.Names.Contains(tool.Name))
        : tools;

    private static void WriteTool(Utf8JsonWriter json, ToolDefinition tool)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, tool.Name);
        if (tool.Description is { } description)
        {
            json.WriteString("description"u8, description);
        }

        json.WritePropertyName("input_schema"u8);
        if (tool.Kind == ToolKind.Custom)
        {
            json.WriteRawValue(CustomSchema);
        }
        else
        {
            MessagesRequestWriter.WriteRaw(json, tool.Parameters ?? """{"type":"object","properties":{}}""", "tools");
        }

        json.WriteEndObject();
    }

    private static void WriteChoice(Utf8JsonWriter json, ToolChoice choice, bool? parallel)
    {
        if (choice.Mode == ToolChoiceMode.Auto && parallel is not false)
        {
            return;
        }

        json.WriteStartObject("tool_choice"u8);
        json.WriteString(
            "type"u8,
            choice.Mode switch
            {
                ToolChoiceMode.None => "none"u8,
                ToolChoiceMode.Required or ToolChoiceMode.AllowedRequired => "any"u8,
                ToolChoiceMode.Named => "tool"u8,
                _ => "auto"u8,
            }
        );
        if (choice is { Mode: ToolChoiceMode.Named, Names: [var name] })
        {
            json.WriteString("name"u8, name);
        }

        if (parallel is false && choice.Mode != ToolChoiceMode.None)
        {
            json.WriteBoolean("disable_parallel_tool_use"u8, true);
        }

        json.WriteEndObject();
    }
}
