using System.Text;
using System.Text.Json.Nodes;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>
/// Requests from public reports of gateways' and clients' faults, on a text-only, an OpenAI-compatible and an Anthropic upstream; <c>docs/api-compatibility.md</c> has the list.
/// </summary>
public sealed class ReportedInputTests(AnthropicPoolFixture fixture) : IClassFixture<AnthropicPoolFixture>
{
    private const string Chat = "/v1/chat/completions";
    private const string Messages = "/v1/messages";
    private const string Responses = "/v1/responses";
    private const string LongId = "call_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcd";

    private static readonly string[] Models = [Gateway.Model, AnthropicPoolFixture.Compatible, AnthropicPoolFixture.Claude];

    public static IEnumerable<TheoryDataRow<string, string, string, string>> Served { get; } =
        Each(
            (
                "home-assistant/core#175637, history",
                Chat,
                """
                "messages":[{"role":"user","content":"hello"},{"role":"assistant","content":"\n"},{"role":"user","content":"Say exactly: fine"}]
                """
            ),
            (
                "home-assistant/core#175637, question",
                Messages,
                """
                "max_tokens":50,"messages":[{"role":"user","content":"hello"},{"role":"assistant","content":"hi"},{"role":"user","content":" "}]
                """
            ),
            (
                "BerriAI/litellm#6012",
                Chat,
                """
                "messages":[{"role":"user","content":"Say exactly: fine"}],
                "tools":[{"type":"function","function":{"name":"a"}},{"type":"function","function":{"name":"b","parameters":null}},
                 {"type":"function","function":{"name":"c","parameters":{}}},{"type":"function","function":{"name":"d","parameters":{"properties":{"x":{"type":"string"}}}}}]
                """
            ),
            (
                "BerriAI/litellm#18539",
                Chat,
                """
                "messages":[{"role":"user","content":"Say exactly: fine"}],"tool_choice":{"type":"auto"},"tools":[{"type":"function","function":{"name":"a"}}]
                """
            ),
            (
                "BerriAI/litellm#24443",
                Messages,
                """
                "max_tokens":50,"messages":[{"role":"user","content":"Say exactly: fine"}],"tool_choice":{"type":"none"},
                "tools":[{"name":"a","input_schema":{"type":"object","properties":{}}}]
                """
            ),
            (
                "maximhq/bifrost#6887",
                Messages,
                """
                "max_tokens":50,"messages":[{"role":"user","content":"Use get_weather for Oslo"}],"tool_choice":{"type":"any"},
                "tools":[{"name":"get_weather","input_schema":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}]
                """
            ),
            (
                "router-for-me/CLIProxyAPI#551",
                Chat,
                """
                "messages":[{"role":"user","content":"Name a colour"},{"role":"assistant","content":"The colour is "}]
                """
            ),
            (
                "router-for-me/CLIProxyAPI#1403",
                Responses,
                """
                "input":"Say exactly: fine"
                """
            ),
            (
                "router-for-me/CLIProxyAPIPlus#430",
                Responses,
                $$"""
                "input":[{"role":"user","content":"weather?"},{"type":"function_call","call_id":"{{LongId}}","name":"a","arguments":"{}"},
                 {"type":"function_call_output","call_id":"{{LongId}}","output":"rain"},{"role":"user","content":"Say exactly: fine"}],
                "tools":[{"type":"function","name":"a","parameters":{"type":"object","properties":{} } }]
                """
            ),
            (
                "earendil-works/pi#149",
                Chat,
                """
                "messages":[{"role":"user","content":"weather?"},{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"a","arguments":"{}"}}]},
                 {"role":"tool","tool_call_id":"call_1","content":"rain"},{"role":"user","content":"Say exactly: fine"}]
                """
            ),
            (
                "Wei-Shaw/sub2api#225",
                Messages,
                """
                "max_tokens":50,"messages":[{"role":"user","content":"hello"},
                 {"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"sim-signature-1","cache_control":{"type":"ephemeral"}},{"type":"text","text":"hi"}]},
                 {"role":"user","content":"Say exactly: fine"}]
                """
            ),
            (
                "caozhiyuan/copilot-api#176",
                Chat,
                """
                "messages":[{"role":"user","content":[{"type":"text","text":"Say exactly: fine","image_url":null}]}]
                """
            ),
            (
                "aradlein/hass-agent-llm#3",
                Chat,
                """
                "messages":[{"role":"user","content":"Say exactly: fine"}],"keep_alive":"5m","max_tokens":50
                """
            ),
            (
                "QuantumNous/new-api#5982",
                Messages,
                """
                "max_tokens":50,"system":[{"type":"text","text":"Be brief.","cache_control":{"type":"ephemeral"}}],
                "messages":[{"role":"user","content":[{"type":"text","text":"Say exactly:","cache_control":{"type":"ephemeral"}},{"type":"text","text":"fine"}]}]
                """
            )
        );

    [Theory, MemberData(nameof(Served))]
    public async Task Request_ThatAnotherGatewayCouldNotServe_IsServed(string report, string model, string path, string fields)
    {
        var (status, body) = await PostAsync(path, $$"""{"model":"{{model}}",{{fields}}}""");

        Assert.True(status == 200, $"{report}: {body.ToJsonString()}");
    }

    /// <summary>Images need a model that sees: the text-only one has none.</summary>
    [Theory]
    [InlineData(AnthropicPoolFixture.Compatible)]
    [InlineData(AnthropicPoolFixture.Claude)]
    public async Task Image_WithAnEmptyDetail_IsServed(string model)
    {
        var (status, body) = await PostAsync(
            Chat,
            $$"""
            {"model":"{{model}}","messages":[{"role":"user","content":[{"type":"text","text":"what is it?"},
             {"type":"image_url","image_url":{"url":"data:image/png;base64,AQ==","detail":""} }]}]}
            """
        );

        Assert.True(status == 200, body.ToJsonString());
    }

    [Theory]
    [InlineData(
        "songquanpeng/one-api#1634",
        """{"model":"{m}","messages":[{"role":"user","content":[{"type":"text"}]}]}""",
        "messages[0].content[0].text"
    )]
    [InlineData("n8n-io/n8n#17475", "\"{\\\"model\\\":\\\"{m}\\\"}\"", null)]
    public async Task Request_ThatNobodyCanServe_Is400ThatSaysWhatIsWrong(string report, string body, string? param)
    {
        var (status, answer) = await PostAsync(Chat, body.Replace("{m}", Gateway.Model, StringComparison.Ordinal));

        Assert.True(status == 400, report);
        Assert.Equal(param, (string?)answer["error"]!["param"]);
        Assert.Contains(param ?? "must be a JSON object", (string?)answer["error"]!["message"], StringComparison.Ordinal);
    }

    private static IEnumerable<TheoryDataRow<string, string, string, string>> Each(
        params (string Report, string Path, string Fields)[] requests
    ) =>
        from request in requests
        from model in Models
        select new TheoryDataRow<string, string, string, string>(request.Report, model, request.Path, request.Fields.Trim());

    private async Task<(int Status, JsonNode Body)> PostAsync(string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        using var response = await fixture.Gateway.SendAsync(request);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }
}
