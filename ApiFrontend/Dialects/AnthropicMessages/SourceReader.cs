using System.Text;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;

namespace FlowGpt.ApiFrontend.Dialects.AnthropicMessages;

/// <summary>Reads the <c>source</c> of an image or a document as an address: the gateway never fetches it.</summary>
internal static class SourceReader
{
    /// <summary>An address or a <c>data:</c> URL; empty when there is a problem.</summary>
    public static string Read(RequestField block)
    {
        var source = block["source"];
        if (!source.IsObject())
        {
            source.RefuseMissing();
            return "";
        }

        var type = source["type"];
        switch (type.Required())
        {
            case "base64":
                return $"data:{source["media_type"].Required()};base64,{source["data"].Required()}";
            case "url":
                return source["url"].Required();
            case "text":
                return $"data:text/plain;base64,{Convert.ToBase64String(Encoding.UTF8.GetBytes(source["data"].Required()))}";
            case "file":
                type.Refuse(RequestErrors.Unsupported(type.Path, "Uploaded files are not kept here; send the data."));
                return "";
            case "":
                return "";
            case var other:
                type.Refuse(RequestErrors.InvalidValue(type.Path, other, "'base64', 'url' and 'text'"));
                return "";
        }
    }
}
