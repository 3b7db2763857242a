using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace FlowGpt.Grains.Interfaces.Items;

/// <summary>One piece of a message or of a tool result: exactly one of the records of this file.</summary>
[GenerateSerializer, Immutable, Alias("flowgpt.Part")]
[JsonPolymorphic(TypeDiscriminatorPropertyName = "part")]
[JsonDerivedType(typeof(TextPart), "text")]
[JsonDerivedType(typeof(ImagePart), "image")]
[JsonDerivedType(typeof(FilePart), "file")]
[JsonDerivedType(typeof(AudioPart), "audio")]
[JsonDerivedType(typeof(RefusalPart), "refusal")]
[JsonDerivedType(typeof(OpaquePart), "opaque")]
public abstract record Part
{
    /// <summary>The kind of part, never its content.</summary>
    public sealed override string ToString() => GetType().Name;
}

/// <summary>Text.</summary>
/// <param name="Text">The text; may be empty.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.TextPart")]
public sealed record TextPart([property: Id(0)] string Text) : Part;

/// <summary>An image. The gateway never fetches its address.</summary>
/// <param name="Url">An address, or a <c>data:</c> URL that holds the image.</param>
/// <param name="Detail">How closely the model looks: <c>low</c>, <c>high</c>, <c>auto</c>; null when the client did not say.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.ImagePart")]
public sealed record ImagePart([property: Id(0)] string Url, [property: Id(1)] string? Detail = null) : Part;

/// <summary>A file.</summary>
/// <param name="FileId">A provider's id of an uploaded file; null when <paramref name="Data"/> holds the file.</param>
/// <param name="Data">The file as a <c>data:</c> URL or an address; null when <paramref name="FileId"/> names the file.</param>
/// <param name="Name">The file's name; null when the client did not say.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.FilePart")]
public sealed record FilePart([property: Id(0)] string? FileId, [property: Id(1)] string? Data, [property: Id(2)] string? Name = null)
    : Part;

/// <summary>Audio.</summary>
/// <param name="Data">The sound in base64.</param>
/// <param name="Format">Such as <c>wav</c> or <c>mp3</c>.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.AudioPart")]
public sealed record AudioPart([property: Id(0)] string Data, [property: Id(1)] string Format) : Part;

/// <summary>The model's words for why it does not answer.</summary>
/// <param name="Text">The words.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.RefusalPart")]
public sealed record RefusalPart([property: Id(0)] string Text) : Part;

/// <summary>A part that only one dialect knows.</summary>
/// <param name="Dialect">The dialect that knows the part.</param>
/// <param name="Json">The part in that dialect, one JSON object.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.OpaquePart")]
public sealed record OpaquePart([property: Id(0)] string Dialect, [property: Id(1)] string Json) : Part;

/// <summary>Joins the text of parts: several texts are separate lines.</summary>
internal static class PartText
{
    public static string Join(ImmutableArray<Part> parts)
    {
        if (parts.IsDefaultOrEmpty)
        {
            return "";
        }

        return parts.Length == 1 ? Of(parts[0]) : string.Join('\n', parts.Where(static part => part is TextPart or RefusalPart).Select(Of));
    }

    private static string Of(Part part) =>
        part switch
        {
            TextPart text => text.Text,
            RefusalPart refusal => refusal.Text,
            _ => "",
        };
}
