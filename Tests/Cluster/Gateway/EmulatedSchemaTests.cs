using System.ClientModel;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpenAI.Chat;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>The official SDK through the whole product to FlowGPT, which supports text alone: JSON by a schema is emulated.</summary>
[Collection(SharedGateway.Name)]
public sealed class EmulatedSchemaTests(GatewayFixture fixture)
{
    private const string Schema =
        """{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"}},"required":["city","days"],"additionalProperties":false}""";

    private Gateway Gateway => fixture.Gateway;

    [Theory]
    [InlineData("")]
    [InlineData(" weakly fenced")]
    [InlineData(" weakly broken")]
    public async Task Complete_JsonSchema_IsObeyedWholeAndStreamed(string form)
    {
        ChatMessage[] messages = [new UserChatMessage($"A trip to Oslo{form}")];

        var whole = (await Gateway.NewSdk().CompleteChatAsync(messages, Options())).Value.Content[0].Text;
        var streamed = new StringBuilder();
        await foreach (var update in Gateway.NewSdk().CompleteChatStreamingAsync(messages, Options()))
        {
            streamed.Append(string.Concat(update.ContentUpdate.Select(static part => part.Text)));
        }

        Assert.Equal(whole, streamed.ToString());
        var trip = JsonDocument.Parse(whole).RootElement;
        Assert.Equal(JsonValueKind.String, trip.GetProperty("city").ValueKind);
        Assert.Equal(JsonValueKind.Number, trip.GetProperty("days").ValueKind);
    }

    [Fact]
    public async Task Complete_JsonObject_IsAnObject()
    {
        var options = new ChatCompletionOptions { ResponseFormat = ChatResponseFormat.CreateJsonObjectFormat() };

        var completion = (await Gateway.NewSdk().CompleteChatAsync([new UserChatMessage("In JSON please")], options)).Value;

        Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(completion.Content[0].Text).RootElement.ValueKind);
    }

    [Fact]
    public async Task Complete_ModelThatGivesNoJson_IsAnErrorAndCostsNoAccountItsHealth()
    {
        var failure = await Assert.ThrowsAsync<ClientResultException>(() =>
            Gateway.NewSdk().CompleteChatAsync([new UserChatMessage("A trip weakly stubborn")], Options())
        );

        Assert.Equal(502, failure.Status);
        Assert.Equal("Echo: Hello", (await Gateway.ServeAsync("Hello")).Text);
    }

    [Fact]
    public async Task Complete_SchemaThatCannotBeHonoured_Is400ThatNamesIt()
    {
        var format = JsonNode.Parse(
            """{"type":"json_schema","json_schema":{"name":"trip","schema":{"$ref":"https://example.com/trip.json"}}}"""
        );

        var answer = await Gateway.ChatAsync(new ChatBody("Hello") { Fields = new JsonObject { ["response_format"] = format } });

        Assert.Equal(400, answer.Status);
        Assert.Equal("response_format", (string?)answer.Json["error"]!["param"]);
        Assert.Contains("'trip'", (string)answer.Json["error"]!["message"]!, StringComparison.Ordinal);
    }

    private static ChatCompletionOptions Options() =>
        new()
        {
            ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("trip", BinaryData.FromString(Schema), jsonSchemaIsStrict: true),
        };
}
