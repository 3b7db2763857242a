using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Upstreams;

namespace FlowGpt.Grains.Models;

/// <summary>One thing that a request needs of the model that serves the request.</summary>
/// <param name="Capability">What the model must be able to do.</param>
/// <param name="Field">The field of the request that asks for it; <c>images</c>, <c>files</c> or <c>audio</c> for a part, whose place the frontend knows.</param>
/// <param name="What">The thing in words, as what a field asks for.</param>
public readonly record struct TurnNeed(ModelCapabilities Capability, string Field, string What);

/// <summary>Finds what a turn needs of a model. Pure.</summary>
public static class TurnNeeds
{
    private static readonly TurnNeed Tools = new(ModelCapabilities.Tools, "tools", "tools");
    private static readonly TurnNeed JsonSchema = new(ModelCapabilities.JsonSchema, "response_format", "replies by a JSON schema");
    private static readonly TurnNeed JsonObject = new(ModelCapabilities.JsonObject, "response_format", "replies in JSON");
    private static readonly TurnNeed Logprobs = new(ModelCapabilities.Logprobs, "logprobs", "log probabilities");
    private static readonly TurnNeed Images = new(ModelCapabilities.Images, "images", "images");
    private static readonly TurnNeed Files = new(ModelCapabilities.Files, "files", "files");
    private static readonly TurnNeed Audio = new(ModelCapabilities.Audio, "audio", "audio");

    /// <summary>A reply, which models that make vectors alone do not give.</summary>
    public static TurnNeed Reply { get; } = new(ModelCapabilities.None, "model", "a reply");

    /// <summary>Vectors of texts.</summary>
    public static TurnNeed Embeddings { get; } = new(ModelCapabilities.Embeddings, "model", "embeddings");

    /// <summary>Everything that a turn needs, each once; empty for a turn of plain text.</summary>
    public static ImmutableArray<TurnNeed> Of(TurnRequest turn)
    {
        var parts = PartsOf(turn.Input);
        if (parts == ModelCapabilities.None && turn.Tools.IsEmpty && turn.Format is null && turn.Sampling.Logprobs is not true)
        {
            return [];
        }

        var needs = ImmutableArray.CreateBuilder<TurnNeed>();
        // Tools that may not be called are context at most.
        Add(!turn.Tools.IsEmpty && turn.ToolChoice.Mode != ToolChoiceMode.None, Tools);
        Add(turn.Format?.Kind == ResponseFormatKind.JsonSchema, JsonSchema);
        Add(turn.Format?.Kind == ResponseFormatKind.JsonObject, JsonObject);
        Add(turn.Sampling.Logprobs is true, Logprobs);
        Add(parts.HasFlag(ModelCapabilities.Images), Images);
        Add(parts.HasFlag(ModelCapabilities.Files), Files);
        Add(parts.HasFlag(ModelCapabilities.Audio), Audio);
        return needs.DrainToImmutable();

        void Add(bool isNeeded, TurnNeed need)
        {
            if (isNeeded)
            {
                needs.Add(need);
            }
        }
    }

    private static ModelCapabilities PartsOf(ImmutableArray<Item> items)
    {
        var found = ModelCapabilities.None;
        foreach (var item in items)
        {
            var parts = item switch
            {
                MessageItem message => message.Parts,
                ToolResultItem result => result.Parts,
                _ => [],
            };
            foreach (var part in parts)
            {
                found |= part switch
                {
                    ImagePart => ModelCapabilities.Images,
                    FilePart => ModelCapabilities.Files,
                    AudioPart => ModelCapabilities.Audio,
                    _ => ModelCapabilities.None,
                };
            }
        }

        return found;
    }
}
