using System.Collections.Immutable;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.AnthropicMessages;

/// <summary>Reads <c>tools</c> and <c>tool_choice</c>. Schemas are kept as the client sent them.</summary>
internal static class ToolFields
{
    /// <summary>The tools that any provider understands. Tools that the provider defines or runs itself are not among them.</summary>
    public static ImmutableArray<ToolDefinition> ReadTools(RequestField root)
    {
        var tools = ImmutableArray.CreateBuilder<ToolDefinition>();
        foreach (var tool in root["tools"].Elements())
        {
            if (!tool.IsObject() || !NativeFields.IsFunction(tool.Value))
            {
                continue;
            }

            var name = tool["name"].Required();
            if (tool["input_schema"].Object() is not { } schema)
            {
                tool["input_schema"].RefuseMissing();
                continue;
            }

            if (tools.Any(other => other.Name == name))
            {
                root.Refuse(RequestErrors.Invalid("tools", $"the tool '{RequestErrors.Shorten(name)}' is there more than once."));
            }

            tools.Add(new ToolDefinition(ToolKind.Function, name, tool["description"].String(), schema, tool["strict"].Boolean()));
        }

        return tools.DrainToImmutable();
    }

    /// <summary>The types of the tools that only a provider of this dialect understands, each once.</summary>
    public static ImmutableArray<string> BuiltInTypes(RequestField root) =>
        [
            .. root["tools"]
                .Elements()
                .Where(static tool => tool.Value.ValueKind == JsonValueKind.Object && !NativeFields.IsFunction(tool.Value))
                .Select(static tool => RequestErrors.Shorten(tool["type"].String() ?? ""))
                .Distinct(StringComparer.Ordinal),
        ];

    /// <summary>The choice among the tools.</summary>
    /// <param name="root">The body.</param>
    /// <param name="tools">The tools that any provider understands.</param>
    /// <param name="parallel">Whether one reply may hold several calls; null when the client did not say.</param>
    public static ToolChoice ReadChoice(RequestField root, ImmutableArray<ToolDefinition> tools, out bool? parallel)
    {
        parallel = null;
        var choice = root["tool_choice"];
        if (!choice.IsObject())
        {
            return ToolChoice.Auto;
        }

        parallel = choice["disable_parallel_tool_use"].Boolean() is { } single ? !single : null;
        switch (choice["type"].Choice("auto", "any", "tool", "none"))
        {
            case "none":
                return new ToolChoice(ToolChoiceMode.None, []);
            case "any":
                return tools.IsEmpty ? ToolChoice.Auto : new ToolChoice(ToolChoiceMode.Required, []);
            case "tool":
                return Named(root, tools, choice["name"]);
            case null when !choice["type"].IsGiven:
                choice["type"].RefuseMissing();
                return ToolChoice.Auto;
            default:
                return ToolChoice.Auto;
        }
    }

    private static ToolChoice Named(RequestField root, ImmutableArray<ToolDefinition> tools, RequestField field)
    {
        var name = field.Required();
        if (tools.Any(tool => tool.Name == name))
        {
            return new ToolChoice(ToolChoiceMode.Named, [name]);
        }

        if (!NativeFields.HasNativeTool(root.Value, name))
        {
            field.Refuse(RequestErrors.Invalid(field.Path, $"there is no tool '{RequestErrors.Shorten(name)}' in 'tools'."));
        }

        return ToolChoice.Auto;
    }
}
