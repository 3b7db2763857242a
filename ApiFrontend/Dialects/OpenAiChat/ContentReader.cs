using System.Collections.Immutable;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiChat;

/// <summary>Reads a message's <c>content</c>: a string, null, or an array of parts. Empty texts are left out.</summary>
internal static class ContentReader
{
    public static ApiError? Read(ref Utf8JsonReader json, FieldPath path, out ImmutableArray<Part> parts, ref PartPlaces? places)
    {
        parts = [];
        switch (json.TokenType)
        {
            case JsonTokenType.String:
                if (json.GetString() is { Length: > 0 } text)
                {
                    parts = [new TextPart(text)];
                }

                return null;
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.StartArray:
                return ReadParts(ref json, path, out parts, ref places);
            default:
                return JsonField.WrongType(ref json, path, "a string or an array of parts");
        }
    }

    private static ApiError? ReadParts(ref Utf8JsonReader json, FieldPath path, out ImmutableArray<Part> parts, ref PartPlaces? places)
    {
        parts = [];
        var read = ImmutableArray.CreateBuilder<Part>(2);
        for (var index = 0; json.Read() && json.TokenType != JsonTokenType.EndArray; index++)
        {
            if (ReadPart(ref json, path.At(index), out var part) is { } error)
            {
                return error;
            }

            if (part is not TextPart)
            {
                var at = path.At(index);
                PartPlaces.Note(ref places, part, () => at.ToString());
            }

            if (part is not (TextPart { Text: "" } or RefusalPart { Text: "" }))
            {
                read.Add(part!);
            }
        }

        parts = read.DrainToImmutable();
        return null;
    }

    private static ApiError? ReadPart(ref Utf8JsonReader json, FieldPath path, out Part? part)
    {
        part = null;
        if (json.TokenType != JsonTokenType.StartObject)
        {
            return JsonField.WrongType(ref json, path, "an object");
        }

        var draft = new PartDraft();
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            if (draft.ReadMember(ref json, path) is { } error)
            {
                return error;
            }
        }

        return draft.Finish(path, out part);
    }
}
