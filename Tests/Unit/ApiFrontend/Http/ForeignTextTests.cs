using System.Net.Http.Headers;
using System.Text;
using FlowGpt.Grains.Interfaces.Keys;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;

namespace FlowGpt.Tests.Unit.ApiFrontend.Http;

/// <summary>Text of programs that cut it in the middle of a character, or send another encoding than UTF-8.</summary>
public sealed class ForeignTextTests
{
    [Theory]
    [InlineData("/v1/chat/completions", """{"model":"m","messages":[{"role":"user","content":"caf\u00E9"}]}""", "messages[0].content")]
    [InlineData(
        "/v1/chat/completions",
        """{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"\u00E9"}]}]}""",
        "messages[0].content[0]"
    )]
    [InlineData("/v1/chat/completions", """{"messages":[{"role":"user","content":"a"}],"model":"caf\u00E9"}""", "model")]
    [InlineData("/v1/responses", """{"model":"m","input":"caf\u00E9"}""", "input")]
    [InlineData(
        "/v1/responses",
        """{"model":"m","input":[{"role":"user","content":"a"},{"role":"user","content":"caf\u00E9"}]}""",
        "input[1].content"
    )]
    [InlineData(
        "/v1/messages",
        """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"caf\u00E9"}]}""",
        "messages[0].content"
    )]
    [InlineData("/v1/completions", """{"model":"m","prompt":"caf\u00E9"}""", "prompt")]
    [InlineData("/v1/embeddings", """{"model":"caf\u00E9","input":"a"}""", "model")]
    public async Task Body_WithBytesThatAreNoUtf8_Is400ThatNamesTheField(string path, string body, string field)
    {
        await using var host = await FrontendHost.StartAsync();
        using var content = new ByteArrayContent(Encoding.Latin1.GetBytes(body.Replace("\\u00E9", "\u00E9", StringComparison.Ordinal)))
        {
            Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
        };

        using var response = await host.Client.PostAsync(path, content);
        var text = await response.Content.ReadAsStringAsync();

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains($"the text of '{field}' holds bytes that are no valid UTF-8", text, StringComparison.Ordinal);
        Assert.Empty(host.Grains.Conversations);
    }

    [Fact]
    public async Task Half_OfASurrogatePair_InAnAdminsBody_IsReplaced()
    {
        const string Id = "0123456789abcdef";
        await using var host = await FrontendHost.StartAsync();
        host.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", FrontendHost.AdminKey);
        host.Grains.Keys[Id] = new FakeApiKey
        {
            Info = FakeApiKey.InfoOf(new ApiKeySettings { Name = "ada" }, revokedAt: null) with { Id = Id },
        };
        using var content = new StringContent("""{"name":"a \ud83d"}""", Encoding.UTF8, "application/json");

        using var response = await host.Client.PatchAsync($"/admin/keys/{Id}", content);

        Assert.Equal((200, "a \uFFFD"), ((int)response.StatusCode, host.Grains.Keys[Id].Info!.Settings.Name));
    }
}
