using System.Text;
using System.Text.Json.Nodes;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>An error of a request names the field as the client sent it, in words that need no knowledge of this program.</summary>
public sealed class FieldErrorTests(AnthropicPoolFixture fixture) : IClassFixture<AnthropicPoolFixture>
{
    private const string Chat = "/v1/chat/completions";
    private const string Responses = "/v1/responses";
    private const string Messages = "/v1/messages";
    private const string Hello = """ "messages":[{"role":"user","content":"hi"}] """;

    [Theory]
    [InlineData(Chat, $$"""{"model":"compatible-test","top_logprobs":2,{{Hello}}}""", "top_logprobs")]
    [InlineData(Chat, $$"""{"model":"compatible-test","user":5,{{Hello}}}""", "user")]
    [InlineData(Chat, $$"""{"model":"compatible-test","prompt_cache_key":[],{{Hello}}}""", "prompt_cache_key")]
    [InlineData(Chat, $$"""{"model":"compatible-test","reasoning_effort":"zzz",{{Hello}}}""", "reasoning_effort")]
    [InlineData(Chat, $$"""{"model":"compatible-test","verbosity":"loud",{{Hello}}}""", "verbosity")]
    [InlineData(Chat, $$"""{"model":"compatible-test","logit_bias":{"5":200},{{Hello}}}""", "logit_bias.5")]
    [InlineData(Chat, $$"""{"model":"compatible-test","logit_bias":[],{{Hello}}}""", "logit_bias")]
    [InlineData(Responses, """{"model":"compatible-test","input":"hi","reasoning":{"effort":"zzz"}}""", "reasoning.effort")]
    [InlineData(Responses, """{"model":"compatible-test","input":"hi","text":{"verbosity":"loud"}}""", "text.verbosity")]
    [InlineData(Chat, $$"""{"model":"embed-test",{{Hello}}}""", "model")]
    [InlineData(
        Chat,
        """{"model":"compatible-test","messages":[{"role":"user","content":"a"},{"role":"tool","tool_call_id":"call_x","content":"1"}]}""",
        "messages[1].tool_call_id"
    )]
    [InlineData(
        Chat,
        """{"model":"compatible-test","messages":[{"role":"user","content":"a"},{"role":"assistant","tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"call_1","content":"1"},{"role":"tool","tool_call_id":"call_2","content":"1"}]}""",
        "messages[3].tool_call_id"
    )]
    [InlineData(
        Chat,
        """{"model":"compatible-test","messages":[{"role":"user","content":"a"},{"role":"assistant","tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"call_1","content":"1"},{"role":"tool","tool_call_id":"call_1","content":"2"}]}""",
        "messages[3].tool_call_id"
    )]
    [InlineData("/v1/embeddings", """{"model":"embed-test","input":"a","user":5}""", "user")]
    [InlineData(Responses, """{"model":"compatible-test","input":[{"role":"user","content":""}]}""", "input[0].content")]
    [InlineData(
        Responses,
        """{"model":"compatible-test","input":[{"role":"user","content":"a"},{"role":"user","content":[{"type":"input_text","text":""}]}]}""",
        "input[1].content"
    )]
    [InlineData(Responses, """{"model":"embed-test","input":"hi"}""", "model")]
    [InlineData(
        Chat,
        """{"model":"gpt-4-free","messages":[{"role":"user","content":"a"},{"role":"user","content":[{"type":"text","text":"b"},{"type":"image_url","image_url":{"url":"https://x.test/y.png"}}]}]}""",
        "messages[1].content[1]"
    )]
    [InlineData(
        Responses,
        """{"model":"gpt-4-free","input":[{"role":"user","content":[{"type":"input_text","text":"b"},{"type":"input_image","image_url":"https://x.test/y.png"}]}]}""",
        "input[0].content[1]"
    )]
    [InlineData(
        Messages,
        """{"model":"gpt-4-free","max_tokens":5,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"url","url":"https://x.test/y.png"}}]}]}""",
        "messages[0].content[0]"
    )]
    public async Task Post_WrongField_IsRefusedByItsName(string path, string body, string field)
    {
        var (status, text) = await PostAsync(path, body);

        Assert.True(status == 400, text);
        var error = JsonNode.Parse(text)!["error"]!;
        Assert.Contains($"'{field}'", (string)error["message"]!, StringComparison.Ordinal);
        Assert.Equal(path == Messages ? null : field, (string?)error["param"]);
    }

    [Theory]
    [InlineData(Chat, $$"""{"model":"nobody",{{Hello}}}""")]
    [InlineData(Responses, """{"model":"nobody","input":"hi"}""")]
    [InlineData("/v1/embeddings", """{"model":"nobody","input":"hi"}""")]
    [InlineData("/v1/completions", """{"model":"nobody","prompt":"hi"}""")]
    [InlineData("/v1/responses/input_tokens", """{"model":"nobody","input":"hi"}""")]
    public async Task Post_ModelThatNobodyHas_IsTheSameErrorEverywhere(string path, string body)
    {
        var (status, text) = await PostAsync(path, body);

        var error = JsonNode.Parse(text)!["error"]!;
        Assert.Equal((404, "model_not_found", "model"), (status, (string?)error["code"], (string?)error["param"]));
    }

    [Theory]
    [InlineData($$"""{"model":"compatible-test","top_logprobs":0,{{Hello}}}""")]
    [InlineData($$"""{"model":"compatible-test","user":null,"logit_bias":null,"reasoning_effort":null,{{Hello}}}""")]
    [InlineData($$"""{"model":"compatible-test","user":"ada","logit_bias":{"5":-100,"6":100},"reasoning_effort":"minimal",{{Hello}}}""")]
    public async Task Post_RightField_IsServed(string body)
    {
        var (status, text) = await PostAsync(Chat, body);

        Assert.True(status == 200, text);
    }

    [Theory]
    [InlineData(Chat, """{"model":"no\ud83d","messages":[{"role":"user","content":"a"}]}""")]
    [InlineData(Responses, """{"model":"no\ud83d","input":"a","\udc00":1}""")]
    [InlineData(Messages, """{"model":"no\ud83d","max_tokens":9,"messages":[{"role":"user","content":"a"}]}""")]
    [InlineData("/v1/embeddings", """{"model":"no\ud83d","input":"a\ud83d","\udc00":"\udc00"}""")]
    public async Task Post_HalfASurrogatePair_IsUFffd(string path, string body)
    {
        var (status, text) = await PostAsync(path, body);

        Assert.Equal(404, status);
        Assert.Contains("no\uFFFD", JsonNode.Parse(text)!["error"]!["message"]!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Chat, "", "The body is empty")]
    [InlineData(Responses, "", "The body is empty")]
    [InlineData(Messages, "", "The body is empty")]
    [InlineData("/v1/embeddings", "", "The body is empty")]
    [InlineData(Chat, """{"model":"x",}""", "a comma before the closing bracket at line 1, byte 14")]
    [InlineData(Responses, "{\n\"model\":\"x\",\n}", "a comma before the closing bracket at line 3, byte 1")]
    [InlineData(Messages, """{"model" "x"}""", "not valid at line 1, byte 10")]
    [InlineData("/v1/conversations", "{", "not valid at line 1")]
    public async Task Post_NoJson_IsToldInPlainWords(string path, string body, string words)
    {
        var (status, text) = await PostAsync(path, body);

        Assert.Equal(400, status);
        Assert.Contains(words, text, StringComparison.Ordinal);
        Assert.DoesNotContain("isFinalBlock", text, StringComparison.Ordinal);
        Assert.DoesNotContain("reader options", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_FieldThatTheUpstreamRefuses_IsNamedWithoutTheUpstreamsIndex()
    {
        fixture.Gateway.Simulator.Truth.SetBehaviour(
            new()
            {
                Fault = new()
                {
                    Kind = Simulator.Behaviour.FaultKind.BadRequest,
                    Contains = "refuse this field",
                    Type = "invalid_request_error",
                    Param = "messages[7].content",
                },
            }
        );
        try
        {
            var (status, text) = await PostAsync(
                Chat,
                """{"model":"compatible-test","messages":[{"role":"user","content":"refuse this field"}]}"""
            );

            Assert.True(status == 400, text);
            Assert.Equal("messages", (string?)JsonNode.Parse(text)!["error"]!["param"]);
        }
        finally
        {
            fixture.Gateway.Simulator.Truth.SetBehaviour(new());
        }
    }

    [Fact]
    public async Task Post_ReplyThatEndsForAnUnknownReason_IsAnErrorAndNoWholeReply()
    {
        var (status, text) = await PostAsync(
            Chat,
            """{"model":"compatible-test","messages":[{"role":"user","content":"hi [[sim: finish=banana]]"}]}"""
        );

        Assert.Equal(502, status);
        Assert.Equal("upstream_error", (string?)JsonNode.Parse(text)!["error"]!["code"]);
    }

    [Theory]
    [InlineData("""{"type":"reasoning","summary":[],"encrypted_content":"sealed by another account"},""")]
    [InlineData("""{"type":"message","role":"assistant","content":[{"type":"output_text","text":"I begin."}]},""")]
    public async Task Responses_ContextThatAnAnthropicServerRefuses_IsMadeAcceptable(string item)
    {
        var (status, text) = await PostAsync(
            Responses,
            $$"""{"model":"claude-test","store":false,"input":[{{item}}{"role":"user","content":"Say exactly: served"}]}"""
        );

        Assert.True(status == 200, text);
        Assert.Contains("served", text, StringComparison.Ordinal);
    }

    private async Task<(int Status, string Text)> PostAsync(string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        using var response = await fixture.Gateway.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
