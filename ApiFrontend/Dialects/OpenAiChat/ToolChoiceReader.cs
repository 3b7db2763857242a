using System.Collections.Immutable;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiChat;

/// <summary>
/// Reads <c>tool_choice</c> in all its forms: a word; one tool, as <c>{"type":"function","function":{"name":…}}</c>; or
/// <c>{"type":"allowed_tools","allowed_tools":{"mode":…,"tools":[…]}}</c>. Some clients send a word as <c>{"type":"auto"}</c>. Also the old <c>function_call</c>: a word or <c>{"name":…}</c>.
/// </summary>
internal static class ToolChoiceReader
{
    private static readonly string[] Words = ["none", "auto", "required"];

    private static readonly string[] AllowedModes = ["auto", "required"];

    public static ApiError? Read(ref Utf8JsonReader json, out ToolChoice? choice) => Read(ref json, "tool_choice", Words, out choice);

    public static ApiError? ReadFunctionCall(ref Utf8JsonReader json, out ToolChoice? choice) =>
        Read(ref json, "function_call", Words.AsSpan(0, 2), out choice);

    /// <summary>A choice that demands a call needs tools, and may name only those of the request.</summary>
    public static ApiError? Check(ToolChoice choice, ImmutableArray<ToolDefinition> tools, string param)
    {
        if (choice.Mode is ToolChoiceMode.Auto or ToolChoiceMode.None)
        {
            return null;
        }

        if (tools.IsDefaultOrEmpty)
        {
            return RequestErrors.Invalid(param, "it asks for a tool call, and the request has no tools.");
        }

        foreach (var name in choice.Names)
        {
            if (!tools.Any(tool => tool.Name == name))
            {
                return RequestErrors.Invalid(param, $"the tool '{RequestErrors.Shorten(name)}' is not among the request's tools.");
            }
        }

        return null;
    }

    private static ApiError? Read(ref Utf8JsonReader json, string param, ReadOnlySpan<string> words, out ToolChoice? choice)
    {
        choice = null;
        if (json.TokenType == JsonTokenType.StartObject)
        {
            return ReadObject(ref json, param, out choice);
        }

        if (JsonField.ReadChoice(ref json, param, words, out var word) is { } error)
        {
            return error;
        }

        choice = OfWord(word);
        return null;
    }

    private static ToolChoice? OfWord(string? word) =>
        word switch
        {
            "none" => new ToolChoice(ToolChoiceMode.None, []),
            "required" or "any" => new ToolChoice(ToolChoiceMode.Required, []),
            "auto" => ToolChoice.Auto,
            _ => null,
        };

    private static ApiError? ReadObject(ref Utf8JsonReader json, string param, out ToolChoice? choice)
    {
        choice = null;
        string? name = null;
        string? type = null;
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            ApiError? error = null;
            if (json.ValueTextEquals("type"u8))
            {
                json.Read();
                error = JsonField.ReadString(ref json, ((FieldPath)param).Dot("type"), out type);
            }
            else if (json.ValueTextEquals("function"u8) || json.ValueTextEquals("custom"u8))
            {
                var member = json.GetString()!;
                json.Read();
                error = ReadName(ref json, ((FieldPath)param).Dot(member), out name);
            }
            else if (json.ValueTextEquals("name"u8))
            {
                json.Read();
                error = JsonField.ReadString(ref json, ((FieldPath)param).Dot("name"), out name);
            }
            else if (json.ValueTextEquals("allowed_tools"u8))
            {
                json.Read();
                error = ReadAllowed(ref json, ((FieldPath)param).Dot("allowed_tools"), out choice);
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

        choice ??= name is null ? OfWord(type) : new ToolChoice(ToolChoiceMode.Named, [name]);
        return choice is null ? RequestErrors.Missing(param == "tool_choice" ? "tool_choice.function.name" : $"{param}.name") : null;
    }

    private static ApiError? ReadAllowed(ref Utf8JsonReader json, FieldPath path, out ToolChoice? choice)
    {
        choice = null;
        if (json.TokenType != JsonTokenType.StartObject)
        {
            return JsonField.WrongType(ref json, path, "an object");
        }

        string? mode = null;
        var names = ImmutableArray.CreateBuilder<string>(4);
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            ApiError? error = null;
            if (json.ValueTextEquals("mode"u8))
            {
                json.Read();
                error = JsonField.ReadChoice(ref json, path.Dot("mode"), AllowedModes, out mode);
            }
            else if (json.ValueTextEquals("tools"u8))
            {
                json.Read();
                error = ReadNames(ref json, path.Dot("tools"), names);
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

        if (names.Count == 0)
        {
            return RequestErrors.EmptyArray(path.Dot("tools").ToString());
        }

        choice = new ToolChoice(mode == "required" ? ToolChoiceMode.AllowedRequired : ToolChoiceMode.AllowedAuto, names.DrainToImmutable());
        return null;
    }

    private static ApiError? ReadNames(ref Utf8JsonReader json, FieldPath path, ImmutableArray<string>.Builder names)
    {
        if (json.TokenType != JsonTokenType.StartArray)
        {
            return JsonField.WrongType(ref json, path, "an array of objects");
        }

        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (ReadName(ref json, path, out var name) is { } error)
            {
                return error;
            }

            names.Add(name!);
        }

        return null;
    }

    /// <summary>The <c>name</c> of an object, or of its <c>function</c> or <c>custom</c> member.</summary>
    private static ApiError? ReadName(ref Utf8JsonReader json, FieldPath path, out string? name)
    {
        name = null;
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
                error = JsonField.ReadString(ref json, path, out name);
            }
            else if (json.ValueTextEquals("function"u8) || json.ValueTextEquals("custom"u8))
            {
                json.Read();
                error = ReadName(ref json, path, out name);
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

        return name is null ? RequestErrors.Missing($"{path}.name") : null;
    }
}
