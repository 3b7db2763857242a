using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects;

/// <summary>What the dialects of OpenAI write of stored items in the same way.</summary>
internal static class OpenAiItems
{
    /// <summary>The name of a role.</summary>
    public static string RoleOf(MessageRole role) =>
        role switch
        {
            MessageRole.Assistant => "assistant",
            MessageRole.System => "system",
            MessageRole.Developer => "developer",
            _ => "user",
        };

    /// <summary>Writes the members of an audio part.</summary>
    public static void WriteAudio(Utf8JsonWriter json, AudioPart audio)
    {
        json.WriteString("type"u8, "input_audio"u8);
        json.WriteStartObject("input_audio"u8);
        json.WriteString("data"u8, audio.Data);
        json.WriteString("format"u8, audio.Format);
        json.WriteEndObject();
    }
}
