using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>What admins may read of conversations: nothing, unless the operator has switched that on; then each reading is noted.</summary>
public sealed class ConversationTextTests
{
    private const string Setting = "FlowGpt:Frontend:ShowConversationText=true";

    [Fact]
    public async Task Get_ByDefault_ShowsNothing()
    {
        await using var gateway = await Gateway.StartAsync(1);
        using var admin = gateway.NewAdmin();
        var id = await RespondAsync(gateway, new() { ["input"] = "Say exactly: private" });

        var (status, answer) = await admin.GetAsync($"/admin/conversations/{id}");

        Assert.Equal((404, "conversation_text_off"), (status, answer.GetProperty("error").GetProperty("code").GetString()));
        Assert.DoesNotContain("private", answer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_SwitchedOn_ShowsResponsesAndConversationsInPagesAndIsAudited()
    {
        await using var gateway = await Gateway.StartAsync(1, Setting);
        using var admin = gateway.NewAdmin();
        var conversation = await PostAsync(gateway, "/v1/conversations", new JsonObject());
        var response = await RespondAsync(gateway, new() { ["input"] = "Say exactly: zebra", ["conversation"] = conversation });

        var ofResponse = await admin.GetAsync($"/admin/conversations/{response}");
        var first = await admin.GetAsync($"/admin/conversations/{conversation}?limit=1");
        var last = first.Body.GetProperty("items")[0].GetProperty("id").GetString();
        var second = await admin.GetAsync($"/admin/conversations/{conversation}?limit=1&after={last}");
        var unknown = await admin.GetAsync("/admin/conversations/conv_unknown");
        var wrong = await admin.GetAsync($"/admin/conversations/{conversation}?limit=0");

        Assert.Equal(["user: Say exactly: zebra", "assistant: zebra"], TextsOf(ofResponse.Body));
        Assert.Equal(["user: Say exactly: zebra"], TextsOf(first.Body));
        Assert.Equal(["assistant: zebra"], TextsOf(second.Body));
        Assert.Equal((true, false), (first.Body.GetProperty("hasMore").GetBoolean(), second.Body.GetProperty("hasMore").GetBoolean()));
        Assert.Equal((404, 400), (unknown.Status, wrong.Status));
        var (_, audit) = await admin.GetAsync("/admin/audit");
        Assert.Contains($"/admin/conversations/{response}", audit.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("zebra", audit.ToString(), StringComparison.Ordinal);
    }

    private static string[] TextsOf(JsonElement page) =>
        [
            .. page.GetProperty("items")
                .EnumerateArray()
                .Select(static item => $"{item.GetProperty("kind").GetString()}: {item.GetProperty("text").GetString()}"),
        ];

    private static Task<string> RespondAsync(Gateway gateway, JsonObject body)
    {
        body["model"] = Gateway.Model;
        return PostAsync(gateway, "/v1/responses", body);
    }

    private static async Task<string> PostAsync(Gateway gateway, string path, JsonObject body)
    {
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await gateway.Http.PostAsync(path, content, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, text);
        return (string)JsonNode.Parse(text)!["id"]!;
    }
}
