using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using FlowGpt.Grains.Conversations.Quota;

namespace FlowGpt.Tests.Process.Conversations;

/// <summary><c>kill -9</c> in a long reply that is to be stored: the room that the reply held of its key's bytes is there again.</summary>
[Trait("Category", "Process")]
public sealed class StorageRoomTests
{
    private const int LongText = 600_000;

    // What the sum may be ahead of its records, and the records of a response that was begun.
    private const long Slack = ByteSum.Block + (64 * 1024);

    [Fact]
    public async Task Kill_InALongReply_GivesItsRoomBack()
    {
        await using var silo = await KeptSilo.StartAsync();
        var made = await AdminAsync(silo, HttpMethod.Post, "/admin/keys", """{"name":"room","maxStoredBytes":8000000}""");
        var (id, key) = ((string)made["id"]!, (string)made["key"]!);
        var response = await BeginLongReplyAsync(silo, key);
        Assert.InRange(await StoredAsync(silo, id), 0, 8_000_000);

        await silo.KillAndRestartAsync();

        var shown = await SendAsync(silo, HttpMethod.Get, $"/v1/responses/{response}", key);
        Assert.Equal("incomplete", (string?)shown["status"]);
        await SendAsync(silo, HttpMethod.Delete, $"/v1/responses/{response}", key);
        Assert.InRange(await StoredAsync(silo, id), 0, Slack);
    }

    /// <summary>Returns the response's id once its reply is so long that more room was taken for it than at its begin, and stands still.</summary>
    private static async Task<string> BeginLongReplyAsync(KeptSilo silo, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/responses")
        {
            Content = new StringContent(
                new JsonObject
                {
                    ["model"] = "gpt-4-free",
                    ["input"] = "Tell all. [[sim: tokens=400000 fault=stall-after:200000]]",
                    ["stream"] = true,
                    ["background"] = true,
                }.ToJsonString(),
                Encoding.UTF8,
                "application/json"
            ),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var response = await silo.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(200, (int)response.StatusCode);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        string? id = null;
        for (var length = 0; length < LongText; )
        {
            var line = await Soon.Happens(reader.ReadLineAsync(), "there is more of the reply");
            Assert.NotNull(line);
            if (!line.StartsWith("data: ", StringComparison.Ordinal))
            {
                continue;
            }

            var data = JsonNode.Parse(line["data: ".Length..])!;
            id ??= (string?)data["response"]?["id"];
            length += ((string?)data["type"] == "response.output_text.delta" ? (string?)data["delta"] : null)?.Length ?? 0;
        }

        return id!;
    }

    private static async Task<long> StoredAsync(KeptSilo silo, string id) =>
        (long)(await AdminAsync(silo, HttpMethod.Get, $"/admin/keys/{id}", null))["storedBytes"]!;

    private static Task<JsonNode> AdminAsync(KeptSilo silo, HttpMethod method, string path, string? body) =>
        SendAsync(silo, method, path, KeptSilo.AdminKey, body);

    private static async Task<JsonNode> SendAsync(KeptSilo silo, HttpMethod method, string path, string key, string? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await silo.Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }
}
