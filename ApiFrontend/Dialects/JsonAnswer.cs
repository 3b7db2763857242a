using System.Text.Encodings.Web;
using System.Text.Json;

namespace FlowGpt.ApiFrontend.Dialects;

/// <summary>Sends an answer that is one JSON value.</summary>
internal static class JsonAnswer
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Sends what a JSON writer writes.</summary>
    public static ValueTask SendAsync(HttpResponse response, Action<Utf8JsonWriter> write) =>
        WholeResponder.SendAsync(
            response,
            output =>
            {
                using var json = new Utf8JsonWriter(output, Options);
                write(json);
            }
        );

    /// <summary>Sends that something was deleted.</summary>
    public static ValueTask SendDeletedAsync(HttpResponse response, string id, string what) =>
        SendAsync(
            response,
            json =>
            {
                json.WriteStartObject();
                json.WriteString("id"u8, id);
                json.WriteString("object"u8, what);
                json.WriteBoolean("deleted"u8, true);
                json.WriteEndObject();
            }
        );
}
