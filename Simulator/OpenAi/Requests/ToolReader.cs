using System.Text.Json;

namespace FlowGpt.Simulator.OpenAi.Requests;

/// <summary>Reads <c>tools</c> and <c>tool_choice</c>.</summary>
internal sealed class ToolReader(FieldReader fields)
{
    public IReadOnlyList<OfferedTool> Tools(JsonElement body)
    {
        var tools = new List<OfferedTool>();
        foreach (var (tool, path) in fields.List(body, "tools"))
        {
            if (Name(tool) is not { } name)
            {
                fields.Wrong(path, "must be of type function or custom, with a name");
                continue;
            }

            var function = FieldReader.Field(tool, "function");
            tools.Add(new OfferedTool(name, function is null, function is { } known ? FieldReader.Field(known, "parameters") : null));
        }

        return tools;
    }

    public ToolChoice Choice(JsonElement body, IReadOnlyList<OfferedTool> tools)
    {
        if (FieldReader.Field(body, "tool_choice") is not { } choice)
        {
            return ToolChoice.Auto;
        }

        if (tools.Count == 0)
        {
            fields.Wrong("tool_choice", "is only allowed when tools are given");
            return ToolChoice.None;
        }

        if (choice.ValueKind == JsonValueKind.String)
        {
            return Mode(choice.GetString(), "tool_choice");
        }

        if (FieldReader.Field(choice, "allowed_tools") is { } allowed)
        {
            var names = fields.List(allowed, "tools", "tool_choice.allowed_tools.").Select(static tool => Name(tool.Element) ?? "");
            return Mode(fields.Text(allowed, "mode"), "tool_choice.allowed_tools.mode") with { Only = Known(names, tools) };
        }

        return ToolChoice.Required with
        {
            Only = Known([Name(choice) ?? ""], tools),
        };
    }

    private ToolChoice Mode(string? mode, string path)
    {
        switch (mode)
        {
            case "auto":
                return ToolChoice.Auto;
            case "none":
                return ToolChoice.None;
            case "required":
                return ToolChoice.Required;
            default:
                fields.Wrong(path, "must be none, auto or required");
                return ToolChoice.None;
        }
    }

    private string[] Known(IEnumerable<string> names, IReadOnlyList<OfferedTool> tools)
    {
        var list = names.ToArray();
        if (list.FirstOrDefault(name => tools.All(tool => tool.Name != name)) is { } unknown)
        {
            fields.Wrong("tool_choice", $"the tool '{unknown}' is not among the tools");
        }

        return list;
    }

    private static string? Name(JsonElement tool) =>
        (FieldReader.Field(tool, "function") ?? FieldReader.Field(tool, "custom")) is { } inner
        && FieldReader.Field(inner, "name") is { ValueKind: JsonValueKind.String } name
            ? name.GetString()
            : null;
}
