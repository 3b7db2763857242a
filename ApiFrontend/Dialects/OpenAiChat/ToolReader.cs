using System.Collections.Immutable;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiChat;

/// <summary>Reads <c>tools</c>, and <c>functions</c> of older clients. Schemas are kept as the client sent them.</summary>
internal static class ToolReader
{
    private const int LongestName = 128;

    private static readonly string[] Types = ["function", "custom"];

    public static ApiError? ReadTools(ref Utf8JsonReader json, ref ChatFields fields)
    {
        if (ReadAll(ref json, "tools", in fields, isTool: true, out fields.Tools) is { } error)
        {
            return error;
        }

        return Repeated(fields.Tools) is { } name ? RequestErrors.Invalid("tools", $"the tool '{name}' is there more than once.") : null;
    }

    public static ApiError? ReadFunctions(ref Utf8JsonReader json, ref ChatFields fields)
    {
        if (ReadAll(ref json, "functions", in fields, isTool: false, out fields.Functions) is { } error)
        {
            return error;
        }

        return Repeated(fields.Functions) is { } name
            ? RequestErrors.Invalid("functions", $"the function '{name}' is there more than once.")
            : null;
    }

    private static ApiError? ReadAll(
        ref Utf8JsonReader json,
        FieldPath path,
        in ChatFields fields,
        bool isTool,
        out ImmutableArray<ToolDefinition> tools
    )
    {
        tools = default;
        if (json.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (json.TokenType != JsonTokenType.StartArray)
        {
            return JsonField.WrongType(ref json, path, "an array of objects");
        }

        var read = ImmutableArray.CreateBuilder<ToolDefinition>(4);
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            var at = path.At(read.Count);
            ToolDefinition? tool = null;
            var error = isTool
                ? ReadTool(ref json, at, in fields, out tool)
                : ReadFunction(ref json, at, in fields, ToolKind.Function, out tool);
            if (error is not null)
            {
                return error;
            }

            read.Add(tool!);
        }

        tools = read.DrainToImmutable();
        return null;
    }

    private static ApiError? ReadTool(ref Utf8JsonReader json, FieldPath path, in ChatFields fields, out ToolDefinition? tool)
    {
        tool = null;
        if (json.TokenType != JsonTokenType.StartObject)
        {
            return JsonField.WrongType(ref json, path, "an object");
        }

        string? type = null;
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            ApiError? error = null;
            if (json.ValueTextEquals("type"u8))
            {
                json.Read();
                error = JsonField.ReadChoice(ref json, path.Dot("type"), Types, out type);
            }
            else if (json.ValueTextEquals("function"u8))
            {
                json.Read();
                error = ReadFunction(ref json, path.Dot("function"), in fields, ToolKind.Function, out tool);
            }
            else if (json.ValueTextEquals("custom"u8))
            {
                json.Read();
                error = ReadFunction(ref json, path.Dot("custom"), in fields, ToolKind.Custom, out tool);
            }
            else
            {
                json.Skip();
            }

            if (error is not null)
            {
                return error;
            }
        }

        return type is null ? RequestErrors.Missing(path.Dot("type").ToString())
            : tool is null || (type == "custom") != (tool.Kind == ToolKind.Custom) ? RequestErrors.Missing(path.Dot(type).ToString())
            : null;
    }

    private static ApiError? ReadFunction(
        ref Utf8JsonReader json,
        FieldPath path,
        in ChatFields fields,
        ToolKind kind,
        out ToolDefinition? tool
    )
    {
        tool = null;
        var schemaField = kind == ToolKind.Custom ? "format" : "parameters";
        if (NamedSchema.Read(ref json, path, schemaField, fields.Body, out var read) is { } error)
        {
            return error;
        }

        var name = read.Name!;
        if (name.Length > LongestName)
        {
            return RequestErrors.StringTooLong(path.Dot("name").ToString(), LongestName, name.Length);
        }

        if (name.AsSpan().ContainsAnyInRange('\0', ' '))
        {
            return RequestErrors.Invalid(path.Dot("name").ToString(), "use letters, digits, '_' and '-' without spaces.");
        }

        tool = new ToolDefinition(kind, name, read.Description, read.Schema, read.Strict);
        return null;
    }

    private static string? Repeated(ImmutableArray<ToolDefinition> tools)
    {
        if (tools.IsDefault || tools.Length < 2)
        {
            return null;
        }

        var seen = new HashSet<string>(tools.Length, StringComparer.Ordinal);
        foreach (var tool in tools)
        {
            if (!seen.Add(tool.Name))
            {
                return tool.Name;
            }
        }

        return null;
    }
}
