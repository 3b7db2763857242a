using System.Collections.Immutable;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Upstreams.Decorators.Tools;

namespace FlowGpt.Grains.Upstreams.Anthropic;

/// <summary>Writes a turn's tools and which of them the model may or must call. A tool of free text takes one string, since this protocol knows none.</summary>
internal static class MessagesToolWriter
{
    /// <summary>The member that holds the text of a tool of free text.</summary>
    public const string CustomInput = "input";

    private const string NoParameters = """{"type":"object","properties":{}}""";
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
        var isOffered = !offered.IsEmpty;
        if (!isOffered)
        {
            offered = ToolsOf(call.Context);
        }

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
        WriteChoice(json, isOffered ? call.Turn.ToolChoice : new(ToolChoiceMode.None, []), call.Sampling.ParallelToolCalls);
    }

    /// <summary>The tools that the context has calls of: the provider takes no calls without tools, and clients leave the tools out when none is to be called any more.</summary>
    private static ImmutableArray<ToolDefinition> ToolsOf(ImmutableArray<Item> context) =>
        [
            .. context
                .OfType<ToolCallItem>()
                .Select(static toolCall => toolCall.Name)
                .Distinct(StringComparer.Ordinal)
                .Select(static name => new ToolDefinition(ToolKind.Function, name, null, null)),
        ];

    private static ImmutableArray<ToolDefinition> ToolsOf(ImmutableArray<ToolDefinition> tools, ToolChoice choice) =>
        tools.IsDefaultOrEmpty ? []
        : choice.Mode is ToolChoiceMode.AllowedAuto or ToolChoiceMode.AllowedRequired
            ? tools.RemoveAll(tool => !choice.Names.Contains(tool.Name))
        : tools;

    private static void WriteTool(Utf8JsonWriter json, ToolDefinition tool)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, tool.Name);
        var grammar = tool.Kind == ToolKind.Custom ? Grammar.Of(tool.Parameters) : null;
        if (grammar is not null)
        {
            // This protocol has no grammars: the model is told.
            json.WriteString(
                "description"u8,
                $"{tool.Description} The text of \"{CustomInput}\" follows this {grammar.Syntax ?? "formal"} grammar: {grammar.Definition}".TrimStart()
            );
        }
        else if (tool.Description is { } description)
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
            WriteSchema(json, tool.Parameters ?? NoParameters);
        }

        json.WriteEndObject();
    }

    /// <summary>Writes a schema, which the provider wants to say that it is one of an object.</summary>
    private static void WriteSchema(Utf8JsonWriter json, string schema)
    {
        if (schema.StartsWith("{\"type\"", StringComparison.Ordinal) || !LacksType(schema, out var members))
        {
            MessagesRequestWriter.WriteRaw(json, schema, "tools");
            return;
        }

        json.WriteStartObject();
        json.WriteString("type"u8, "object"u8);
        foreach (var member in members.EnumerateObject())
        {
            member.WriteTo(json);
        }

        json.WriteEndObject();
    }

    private static bool LacksType(string schema, out JsonElement members)
    {
        members = default;
        try
        {
            members = JsonElement.Parse(LoneSurrogates.Replaced(schema));
            return members.ValueKind == JsonValueKind.Object && !members.TryGetProperty("type"u8, out _);
        }
        catch (JsonException)
        {
            return false;
        }
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
