using System.Text.Json;

namespace FlowGpt.Tests.Unit.ApiFrontend.Hosting;

/// <summary>An OpenAI error object as received; reading it fails unless it has exactly its four members.</summary>
internal sealed record ErrorBody(string Message, string Type, string? Param, string? Code)
{
    public static async Task<ErrorBody> ReadAsync(HttpResponseMessage response)
    {
        Assert.Equal("application/json; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        return Parse(await response.Content.ReadAsStringAsync());
    }

    public static ErrorBody Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = Assert.Single(document.RootElement.EnumerateObject());
        Assert.Equal("error", root.Name);
        var members = root.Value.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.GetString());
        Assert.Equal(["message", "type", "param", "code"], members.Keys);
        return new ErrorBody(members["message"]!, members["type"]!, members["param"], members["code"]);
    }
}
