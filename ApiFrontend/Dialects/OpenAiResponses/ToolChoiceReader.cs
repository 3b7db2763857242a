using System.Collections.Immutable;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>
/// Reads <c>tool_choice</c> in all its forms: a word, one tool, or the allowed tools. A choice that demands a call needs tools, and may name only those of the request.
/// </summary>
internal static class ToolChoiceReader
{
    public static ToolChoice Read(RequestField choice, RequestTools tools)
    {
        var read = choice.Value.ValueKind == JsonValueKind.Object ? ReadObject(choice) : ReadWord(choice);
        Check(choice, read, tools);
        return tools.Definitions.IsEmpty ? ToolChoice.Auto : read;
    }

    private static ToolChoice ReadWord(RequestField choice) =>
        choice.Choice("none", "auto", "required") switch
        {
            "none" => new ToolChoice(ToolChoiceMode.None, []),
            "required" => new ToolChoice(ToolChoiceMode.Required, []),
            _ => ToolChoice.Auto,
        };

    private static ToolChoice ReadObject(RequestField choice)
    {
        var type = choice["type"].String();
        switch (type)
        {
            case "function" or "custom":
                return new ToolChoice(ToolChoiceMode.Named, [NameOf(choice)]);
            case "tool_search":
                return new ToolChoice(ToolChoiceMode.Named, [ToolNames.ToolSearch]);
            case "allowed_tools":
                var mode = choice["mode"].Choice("auto", "required");
                // Built-in tools were left out, and so is their mention.
                var names = choice["tools"]
                    .Elements()
                    .Where(static tool => tool["type"].String() is "function" or "custom" or null)
                    .Select(NameOf)
                    .ToImmutableArray();
                if (names.IsEmpty)
                {
                    choice["tools"].Refuse(RequestErrors.EmptyArray(choice["tools"].Path));
                }

                return new ToolChoice(mode == "required" ? ToolChoiceMode.AllowedRequired : ToolChoiceMode.AllowedAuto, names);
            case null:
                choice["type"].RefuseMissing();
                return ToolChoice.Auto;
            default:
                choice["type"].Refuse(RequestErrors.Unsupported(choice["type"].Path, "Nothing here runs this tool."));
                return ToolChoice.Auto;
        }
    }

    private static string NameOf(RequestField tool) => ToolNames.Of(tool["namespace"].String(), tool["name"].Required());

    private static void Check(RequestField field, ToolChoice choice, RequestTools tools)
    {
        if (choice.Mode is ToolChoiceMode.Auto or ToolChoiceMode.None)
        {
            return;
        }

        if (tools.Definitions.IsEmpty)
        {
            field.Refuse(
                RequestErrors.Invalid(field.Path, "it asks for a tool call, and the request has no tools that can be called here.")
            );
        }

        foreach (var name in choice.Names)
        {
            if (!tools.Definitions.Any(tool => tool.Name == name))
            {
                field.Refuse(
                    RequestErrors.Invalid(field.Path, $"the tool '{RequestErrors.Shorten(name)}' is not among the request's tools.")
                );
            }
        }
    }
}
