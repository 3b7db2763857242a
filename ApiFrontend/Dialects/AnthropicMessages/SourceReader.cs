using System.Text;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;

namespace FlowGpt.ApiFrontend.Dialects.AnthropicMessages;

/// <summary>Reads the <c>source</c> of an image or a document as an address: the gateway never fetches it.</summary>
internal static class SourceReader
{
    /// <summary>An address or a <c>data:</c> URL; empty when there is a problem.</summary>
    public static string Read(JsonElement block, FieldPath path, BodyChecks checks)
    {
        path = path.Dot("source");
        if (!checks.TryObject(block, "source", path, out var source))
        {
            checks.Add(RequestErrors.Missing(path.ToString()));
            return "";
        }

        switch (checks.NeededText(source, "type", path.Dot("type")))
        {
            case "base64":
                var media = checks.NeededText(source, "media_type", path.Dot("media_type"));
                return $"data:{media};base64,{checks.NeededText(source, "data", path.Dot("data"))}";
            case "url":
                return checks.NeededText(source, "url", path.Dot("url"));
            case "text":
                var text = Encoding.UTF8.GetBytes(checks.NeededText(source, "data", path.Dot("data")));
                return $"data:text/plain;base64,{Convert.ToBase64String(text)}";
            case "file":
                checks.Add(RequestErrors.Unsupported(path.Dot("type").ToString(), "Uploaded files are not kept here; send the data."));
                return "";
            case "":
                return "";
            case var other:
                checks.Add(RequestErrors.InvalidValue(path.Dot("type").ToString(), other, "'base64', 'url' and 'text'"));
                return "";
        }
    }
}
