using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace FlowGpt.Admin.Contracts.Transport;

/// <summary>The body of a write: what is null is left out, except the fields that are cleared.</summary>
internal sealed class AdminBody(JsonObject fields)
{
    public static AdminBody Of<T>(T value, JsonTypeInfo<T> type)
    {
        var fields = (JsonObject)JsonSerializer.SerializeToNode(value, type)!;
        foreach (var name in fields.Where(static field => field.Value is null).Select(static field => field.Key).ToArray())
        {
            fields.Remove(name);
        }

        return new(fields);
    }

    public void Set(string name, string value) => fields[name] = value;

    /// <summary>Sends the named fields as null.</summary>
    public AdminBody Clear(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            fields[name] = null;
        }

        return this;
    }

    public HttpContent ToContent()
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            fields.WriteTo(json);
        }

        return new ByteArrayContent(text.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
    }
}
