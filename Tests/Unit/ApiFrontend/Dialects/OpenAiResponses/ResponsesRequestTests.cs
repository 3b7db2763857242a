using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using FlowGpt.ApiFrontend.Dialects.OpenAiResponses;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.Grains.Interfaces.Items;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>How a request for a response is read, and the errors of bad requests.</summary>
public sealed class ResponsesRequestTests
{
    [Fact]
    public void Codex_SecondRequest_HasEveryItemAndTool()
    {
        var request = Read(ClientRequest.Body("codex-second").ToJsonString());

        Assert.Equal(
            [
                "exec_command",
                "request_user_input",
                "apply_patch",
                "multi_agent_v1__close_agent",
                "multi_agent_v1__wait_agent",
                "tool_search",
            ],
            request.Content.Tools.Select(static tool => tool.Name)
        );
        Assert.Equal(ToolKind.Custom, request.Content.Tools[2].Kind);
        Assert.Contains("lark", request.Content.Tools[2].Parameters, StringComparison.Ordinal);
        Assert.Equal(["web_search"], request.BuiltIn);
        Assert.Empty(request.LeftOut);
        Assert.Equal(
            [
                typeof(MessageItem),
                typeof(MessageItem),
                typeof(MessageItem),
                typeof(MessageItem),
                typeof(ReasoningItem),
                typeof(ToolCallItem),
                typeof(ToolResultItem),
                typeof(ToolCallItem),
                typeof(ToolResultItem),
                typeof(ToolCallItem),
                typeof(ToolResultItem),
                typeof(OpaqueItem),
            ],
            request.Content.Input.Select(static item => item.GetType())
        );
        Assert.Equal("multi_agent_v1__close_agent", ((ToolCallItem)request.Content.Input[9]).Name);
        Assert.True(request.Stream && request.Shape.IncludesSealedReasoning && request.Shape.HasToolSearch);
    }

    [Fact]
    public void Echo_HasEveryMemberThatStrictClientsDemand()
    {
        var request = Read("""{"model":"m","input":"hi","tools":[{"type":"function","name":"f"}]}""");
        var echo = JsonNode.Parse($"{{{request.Shape.Echo}}}")!.AsObject();

        string[] expected =
        [
            "background",
            "instructions",
            "max_output_tokens",
            "max_tool_calls",
            "parallel_tool_calls",
            "previous_response_id",
            "prompt_cache_key",
            "reasoning",
            "safety_identifier",
            "service_tier",
            "store",
            "temperature",
            "text",
            "tool_choice",
            "tools",
            "top_logprobs",
            "top_p",
            "presence_penalty",
            "frequency_penalty",
            "truncation",
            "metadata",
        ];
        Assert.Empty(expected.Except(echo.Select(static member => member.Key)));
        Assert.Equal(
            """{"type":"function","name":"f","description":null,"parameters":null,"strict":null}""",
            echo["tools"]![0]!.ToJsonString()
        );
    }

    [Theory]
    [InlineData("""{"input":"hi"}""", "model", "missing_required_parameter")]
    [InlineData("""{"model":"m"}""", "input", "missing_required_parameter")]
    [InlineData("""{"model":"m","input":[]}""", "input", "empty_array")]
    [InlineData("""{"model":"m","input":[{"role":"nobody","content":"x"}]}""", "input[0].role", "invalid_value")]
    [InlineData(
        """{"model":"m","input":[{"role":"user","content":[{"type":"input_text"}]}]}""",
        "input[0].content[0].text",
        "missing_required_parameter"
    )]
    [InlineData("""{"model":"m","input":[{"type":"dream"}]}""", "input[0].type", "invalid_value")]
    [InlineData("""{"model":"m","input":[{"type":"function_call","name":"f"}]}""", "input[0].call_id", "missing_required_parameter")]
    [InlineData(
        """{"model":"m","input":"x","tools":[{"type":"function","name":"f"},{"type":"function","name":"f"}]}""",
        "tools",
        "invalid_value"
    )]
    [InlineData("""{"model":"m","input":"x","tools":[{"type":"web_search"}],"tool_choice":"required"}""", "tool_choice", "invalid_value")]
    [InlineData(
        """{"model":"m","input":"x","tool_choice":{"type":"function","name":"g"},"tools":[{"type":"function","name":"f"}]}""",
        "tool_choice",
        "invalid_value"
    )]
    [InlineData(
        """{"model":"m","input":"x","text":{"format":{"type":"json_schema","name":"n"}}}""",
        "text.format.schema",
        "missing_required_parameter"
    )]
    [InlineData("""{"model":"m","input":"x","temperature":3}""", "temperature", "decimal_above_max_value")]
    [InlineData("""{"model":"m","input":"x","metadata":{"a":1}}""", "metadata.a", "invalid_type", true)]
    [InlineData("""{"model":"m","input":"x","metadata":[]}""", "metadata", "invalid_type", true)]
    [InlineData("""{"model":"m","input":"x","stream_options":{}}""", "stream_options", "invalid_value")]
    [InlineData("""{"model":"m","input":"x","prompt":{"id":"p"}}""", "prompt", "unsupported_parameter")]
    public void Bad_NamesTheFieldAndTheProblem(string body, string param, string code, bool strict = false)
    {
        var error = TryRead(body, out _, strict);

        Assert.Equal((param, code), (error!.Param, error.Code));
    }

    [Theory]
    [InlineData("""{"a":1,"b":true,"c":{"d":[]},"e":null,"f":"g"}""", """{"a":"1","b":"true","c":"{\"d\":[]}","f":"g"}""")]
    [InlineData("[1]", "{}")]
    public void Metadata_ThatIsNotText_IsItsJsonText(string metadata, string echoed)
    {
        var request = Read($$"""{"model":"m","input":"x","metadata":{{metadata}}}""");

        Assert.EndsWith($"\"metadata\":{echoed}", request.Shape.Echo, StringComparison.Ordinal);
    }

    [Fact]
    public void Nulls_AreNotGiven()
    {
        string[] names =
        [
            "instructions",
            "tools",
            "tool_choice",
            "include",
            "text",
            "reasoning",
            "metadata",
            "temperature",
            "max_output_tokens",
            "previous_response_id",
            "stream",
            "store",
            "parallel_tool_calls",
            "truncation",
            "stream_options",
        ];
        var body = "{\"model\":\"m\",\"input\":\"hi\"," + string.Join(',', names.Select(static name => $"\"{name}\":null")) + "}";

        Assert.Null(TryRead(body, out var request));
        Assert.Empty(request!.Content.Tools);
    }

    [Fact]
    public void FoundTools_AreOfferedFromThenOn()
    {
        var request = Read(
            """{"model":"m","input":[{"type":"tool_search_call","call_id":"c","execution":"client","arguments":{"query":"x"}},{"type":"tool_search_output","call_id":"c","tools":[{"type":"namespace","name":"n","description":"d","tools":[{"type":"function","name":"f"}]}]}],"tools":[{"type":"tool_search","execution":"client","parameters":{"type":"object"}}]}"""
        );

        Assert.Equal(["tool_search", "n__f"], request.Content.Tools.Select(static tool => tool.Name));
        Assert.Equal(new NamespacedTool("n", "f"), request.Shape.Namespaced!["n__f"]);
    }

    /// <summary>Any damage to a good body gives an error or a request, and never an exception.</summary>
    [Property(MaxTest = 400)]
    public Property AnyDamage_IsAnErrorOrARequest() =>
        Prop.ForAll(
            Arb.From(Gen.Choose(0, int.MaxValue - 1)),
            static seed =>
            {
                var random = new Random(seed);
                var body = ClientRequest.Body("codex-second");
                for (var i = random.Next(3); i >= 0; i--)
                {
                    Damage(body, random);
                }

                var error = TryRead(body.ToJsonString(), out var request);
                Assert.True(error is null != request is null);
                Assert.True(error is null || error.Status == 400);
            }
        );

    private static void Damage(JsonNode node, Random random)
    {
        JsonNode?[] values = [null, 1, "x", "\ud83d\ude00", true, new JsonArray(1), new JsonObject { ["type"] = "y" }, -5.5];
        var children = node switch
        {
            JsonObject members => members
                .Where(static member => member.Value is JsonObject or JsonArray)
                .Select(static member => member.Value!)
                .ToArray(),
            JsonArray elements =>
            [
                .. elements.Where(static element => element is JsonObject or JsonArray).Select(static element => element!),
            ],
            _ => [],
        };
        if (children.Length > 0 && random.Next(3) > 0)
        {
            Damage(children[random.Next(children.Length)], random);
        }
        else if (node is JsonObject { Count: > 0 } members)
        {
            var name = members.ElementAt(random.Next(members.Count)).Key;
            members[name] = values[random.Next(values.Length)];
        }
        else if (node is JsonArray { Count: > 0 } elements)
        {
            elements[random.Next(elements.Count)] = values[random.Next(values.Length)];
        }
    }

    private static ResponsesRequest Read(string body)
    {
        Assert.Null(TryRead(body, out var request));
        return request!;
    }

    private static ApiError? TryRead(string body, out ResponsesRequest? request, bool strict = false)
    {
        var error = new ResponsesDialect(refusesBuiltInTools: false, static _ => null).Parse(
            new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(body)),
            strict,
            out var read
        );
        request = (ResponsesRequest?)read;
        return error;
    }
}
