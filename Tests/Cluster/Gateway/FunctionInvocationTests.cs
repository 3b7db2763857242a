using Microsoft.Extensions.AI;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>Microsoft.Extensions.AI with its function invocation through the whole product, on a model of a text-only upstream.</summary>
[Collection(SharedGateway.Name)]
public sealed class FunctionInvocationTests(GatewayFixture fixture)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ask_QuestionThatNeedsFunctions_CallsThemAndUsesTheirResults(bool stream)
    {
        var calls = new List<string>();
        AIFunction[] functions =
        [
            AIFunctionFactory.Create((string city) => Note("weather", city, "rain"), "get_weather"),
            AIFunctionFactory.Create((string city) => Note("time", city, "noon"), "get_time"),
        ];
        using var client = new FunctionInvokingChatClient(fixture.Gateway.NewSdk().AsIChatClient());
        var options = new ChatOptions { Tools = [.. functions] };
        var question = "Ask get_weather and get_time for Zürich";

        var text = stream
            ? (await client.GetStreamingResponseAsync(question, options, TestDeadline.Token).ToChatResponseAsync(TestDeadline.Token)).Text
            : (await client.GetResponseAsync(question, options, TestDeadline.Token)).Text;

        Assert.Equal(["time Zürich", "weather Zürich"], calls.Order());
        Assert.Contains("get_weather returned \"rain\"", text, StringComparison.Ordinal);
        Assert.Contains("get_time returned \"noon\"", text, StringComparison.Ordinal);

        string Note(string tool, string city, string result)
        {
            calls.Add($"{tool} {city}");
            return result;
        }
    }
}
