using System.Collections.Immutable;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.AnthropicMessages;

/// <summary>Reads <c>tools</c> and <c>tool_choice</c>. Schemas are kept as the client sent them.</summary>
internal static class ToolFields
{
    private const string Choices = "'auto', 'any', 'tool' and 'none'";

    /// <summary>The tools that any provider understands. Tools that the provider defines or runs itself are not among them.</summary>
    public static ImmutableArray<ToolDefinition> ReadTools(JsonElement root, BodyChecks checks)
    {
        if (!checks.TryArray(root, "tools", "tools", "objects", out var list))
        {
            return [];
        }

        var tools = ImmutableArray.CreateBuilder<ToolDefinition>(list.GetArrayLength());
        var index = 0;
        foreach (var tool in list.EnumerateArray())
        {
            var path = ((FieldPath)"tools").At(index++);
            if (!checks.Is(tool, JsonValueKind.Object, path, "an object") || !IsFunction(tool))
            {
                continue;
            }

            var name = checks.NeededText(tool, "name", path.Dot("name"));
            if (!checks.TryObject(tool, "input_schema", path.Dot("input_schema"), out var schema))
            {
                checks.Add(RequestErrors.Missing(path.Dot("input_schema").ToString()));
                continue;
            }

            if (tools.Any(other => other.Name == name))
            {
                checks.Add(RequestErrors.Invalid("tools", $"the tool '{RequestErrors.Shorten(name)}' is there more than once."));
            }

            tools.Add(
                new ToolDefinition(
                    ToolKind.Function,
                    name,
                    checks.Text(tool, "description", path.Dot("description")),
                    schema.GetRawText(),
                    checks.Flag(tool, "strict", path.Dot("strict"))
                )
            );
        }

        return tools.DrainToImmutable();
    }

    /// <summary>The choice among the tools.</summary>
    /// <param name="root">The body.</param>
    /// <param name="tools">The tools that any provider understands.</param>
    /// <param name="checks">Takes problems.</param>
    /// <param name="parallel">Whether one reply may hold several calls; null when the client did not say.</param>
    public static ToolChoice ReadChoice(JsonElement root, ImmutableArray<ToolDefinition> tools, BodyChecks checks, out bool? parallel)
    {
        parallel = null;
        FieldPath path = "tool_choice";
        if (!checks.TryObject(root, "tool_choice", path, out var choice))
        {
            return ToolChoice.Auto;
        }

        const string Single = "disable_parallel_tool_use";
        parallel = checks.Flag(choice, Single, path.Dot(Single)) is { } single ? !single : null;
        switch (checks.NeededText(choice, "type", path.Dot("type")))
        {
            case "auto":
                return ToolChoice.Auto;
            case "none":
                return new ToolChoice(ToolChoiceMode.None, []);
            case "any":
                return tools.IsEmpty ? ToolChoice.Auto : new ToolChoice(ToolChoiceMode.Required, []);
            case "tool":
                return Named(root, tools, checks.NeededText(choice, "name", path.Dot("name")), checks);
            case var other:
                checks.Add(RequestErrors.InvalidValue(path.Dot("type").ToString(), other, Choices));
                return ToolChoice.Auto;
        }
    }

    /// <summary>Whether the tool is one that any provider understands.</summary>
    public static bool IsFunction(JsonElement tool) =>
        !BodyChecks.TryGet(tool, "type", out var type) || (type.ValueKind == JsonValueKind.String && type.ValueEquals("custom"u8));

    private static ToolChoice Named(JsonElement root, ImmutableArray<ToolDefinition> tools, string name, BodyChecks checks)
    {
        if (tools.Any(tool => tool.Name == name))
        {
            return new ToolChoice(ToolChoiceMode.Named, [name]);
        }

        if (!NativeFields.HasNativeTool(root, name))
        {
            checks.Add(RequestErrors.Invalid("tool_choice.name", $"there is no tool '{RequestErrors.Shorten(name)}' in 'tools'."));
        }

        return ToolChoice.Auto;
    }
}
