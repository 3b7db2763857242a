using FlowGpt.ApiFrontend.Errors;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Json;

/// <summary>
/// Where a request has its first image, file and audio, such as <c>messages[1].content[0]</c>: whether a model can take them is found out by the turn, which does not
/// know the fields of a dialect.
/// </summary>
internal sealed class PartPlaces
{
    // The turn's words for what it needs of a model.
    private const string Images = "images";
    private const string Files = "files";
    private const string Audio = "audio";

    private readonly Dictionary<string, string> _first = new(StringComparer.Ordinal);

    /// <summary>Notes where a part is, when it is the first of its kind.</summary>
    /// <param name="places">The places so far; null while there are none.</param>
    /// <param name="part">The part.</param>
    /// <param name="path">Where it is; only called when that is noted.</param>
    public static void Note(ref PartPlaces? places, Part? part, Func<string> path)
    {
        var kind = part switch
        {
            ImagePart => Images,
            FilePart => Files,
            AudioPart => Audio,
            _ => null,
        };
        if (kind is not null && (places ??= new PartPlaces())._first.GetValueOrDefault(kind) is null)
        {
            places._first[kind] = path();
        }
    }

    /// <summary>An error of a turn with the request's own name of the part that it is about.</summary>
    public static ApiError Name(ApiError error, PartPlaces? places) =>
        error.Param is Images or Files or Audio ? error.Renamed(places?._first.GetValueOrDefault(error.Param) ?? "messages") : error;
}
