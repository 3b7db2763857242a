using System.Collections.Immutable;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiChat;

/// <summary>Reads the calls that an earlier assistant turn made; they are context, nothing is called here.</summary>
internal static class ToolCallReader
{
    public static ApiError? ReadAll(ref Utf8JsonReader json, FieldPath path, out ImmutableArray<ToolCallItem> calls)
    {
        calls = default;
        if (json.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (json.TokenType != JsonTokenType.StartArray)
        {
            return JsonField.WrongType(ref json, path, "an array of objects");
        }

        var builder = ImmutableArray.CreateBuilder<ToolCallItem>(2);
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (ReadOne(ref json, path.At(builder.Count), out var call) is { } error)
            {
                return error;
            }

            builder.Add(call!);
        }

        calls = builder.DrainToImmutable();
        return null;
    }

    /// <summary>Reads the old <c>function_call</c>, which has no id.</summary>
    public static ApiError? ReadLegacy(ref Utf8JsonReader json, FieldPath path, out ToolCallItem? call)
    {
        call = null;
        if (json.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (ReadTool(ref json, path, out var name, out var arguments) is { } error)
        {
            return error;
        }

        call = new ToolCallItem("", name!, LoneSurrogates.Replaced(arguments!));
        return null;
    }

    private static ApiError? ReadOne(ref Utf8JsonReader json, FieldPath path, out ToolCallItem? call)
    {
        call = null;
        if (json.TokenType != JsonTokenType.StartObject)
        {
            return JsonField.WrongType(ref json, path, "an object");
        }

        string? id = null;
        string? name = null;
        string? arguments = null;
        var kind = ToolKind.Function;
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            ApiError? error = null;
            if (json.ValueTextEquals("id"u8))
            {
                json.Read();
                error = JsonField.ReadString(ref json, path.Dot("id"), out id);
            }
            else if (json.ValueTextEquals("function"u8))
            {
                json.Read();
                error = ReadTool(ref json, path.Dot("function"), out name, out arguments);
            }
            else if (json.ValueTextEquals("custom"u8))
            {
                json.Read();
                kind = ToolKind.Custom;
                error = ReadTool(ref json, path.Dot("custom"), out name, out arguments);
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

        if (id is null || name is null)
        {
            return RequestErrors.Missing(path.Dot(id is null ? "id" : "function").ToString());
        }

        call = new ToolCallItem(id, name, kind == ToolKind.Function ? LoneSurrogates.Replaced(arguments!) : arguments!, kind);
        return null;
    }

    private static ApiError? ReadTool(ref Utf8JsonReader json, FieldPath path, out string? name, out string? arguments)
    {
        name = null;
        arguments = null;
        if (json.TokenType != JsonTokenType.StartObject)
        {
            return JsonField.WrongType(ref json, path, "an object");
        }

        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            ApiError? error = null;
            if (json.ValueTextEquals("name"u8))
            {
                json.Read();
                error = JsonField.ReadString(ref json, path.Dot("name"), out name);
            }
            else if (json.ValueTextEquals("arguments"u8) || json.ValueTextEquals("input"u8))
            {
                json.Read();
                error = JsonField.ReadString(ref json, path.Dot("arguments"), out arguments);
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

        arguments ??= "";
        return name is null ? RequestErrors.Missing(path.Dot("name").ToString()) : null;
    }
}
