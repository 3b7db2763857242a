using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace FlowGpt.Tests.Browser;

/// <summary>The text of a stored conversation, where the operator has switched that on.</summary>
[Collection(nameof(OneProduct))]
[Trait("Category", "Browser")]
public sealed class ConversationTextTests(ServedDashboard served)
{
    [Fact]
    public async Task Conversation_ThroughItsPage_ShowsItsTextAndLeavesAnEntryInTheAuditLog()
    {
        var id = await RespondAsync("Say exactly: read by an admin");
        var page = await served.GoAsync("conversations");

        await page.WaitAsync("document.querySelector(\"input[placeholder^='conv_']\")");
        await page.RunAsync(
            $$"""(field => { field.value = "{{id}}"; field.dispatchEvent(new Event("change", { bubbles: true })); })(document.querySelector("input[placeholder^='conv_']"))"""
        );

        await page.WaitAsync("[...document.querySelectorAll('main td')].some(cell => cell.innerText === 'read by an admin')");
        Assert.Empty(await page.CheckAccessibilityAsync());
        var audit = await served.Admin.Audit.ListAsync();
        Assert.Contains(audit.Entries, entry => entry.Method == "GET" && entry.Target.EndsWith(id, StringComparison.Ordinal));
    }

    private async Task<string> RespondAsync(string input)
    {
        using var client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = served.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", served.ClientKey);
        var body = new JsonObject { ["model"] = "gpt-4-free", ["input"] = input };
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri("/v1/responses", UriKind.Relative), content, TestDeadline.Token);
        return (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestDeadline.Token))!["id"]!;
    }
}
