using System.Text.Json.Serialization;

namespace FlowGpt.Simulator.Discovery;

/// <summary>A published bot persona, with the fields that the upstream's search is known to return.</summary>
internal sealed record Persona(string Id, string Title, string Description)
{
    public bool Live { get; init; } = true;

    public string Accessibility { get; init; } = "PUBLIC";

    public string Language { get; init; } = "en";

    public string Type { get; init; } = "CHAT";

    public int ConversationCount { get; init; } = 100;

    public int Uses { get; init; } = 1000;

    public int Saves { get; init; } = 10;

    public bool Nsfw { get; init; }

    [JsonPropertyName("Tag")]
    public PersonaName[] Tag { get; init; } = [new("simulated")];

    [JsonPropertyName("User")]
    public PersonaName User { get; init; } = new("simulator");
}
