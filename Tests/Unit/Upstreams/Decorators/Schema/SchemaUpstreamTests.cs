using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams;

namespace FlowGpt.Tests.Unit.Upstreams.Decorators.Schema;

public sealed class SchemaUpstreamTests
{
    private const string Schema =
        """{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"}},"required":["city","days"],"additionalProperties":false}""";
    private const string Right = """{"city":"Oslo","days":2}""";

    [Theory]
    [InlineData(Right)]
    [InlineData("Here:\n```json\n{\"city\": \"Oslo\", \"days\": \"2\",}\n```")]
    public async Task Read_JsonInAnyDress_IsTheJsonAlone(string reply)
    {
        var (items, finish, isWhole) = await new EmulatingUpstream().ReadAsync(
            TurnOf(strict: true),
            FinishReason.Stop,
            [.. reply.Chunk(7).Select(static part => new string(part))]
        );

        Assert.Equal([Messages.Assistant(Right)], items);
        Assert.Equal((FinishReason.Stop, true), (finish, isWhole));
    }

    [Fact]
    public async Task Read_AnotherForm_IsAskedForOnceMore()
    {
        var upstream = new EmulatingUpstream { SecondAnswer = Right };

        var (items, _, isWhole) = await upstream.ReadAsync(TurnOf(strict: true), FinishReason.Stop, """{"city":"Oslo"}""");

        Assert.Equal([Messages.Assistant(Right)], items);
        Assert.False(isWhole);
        Assert.Contains("days", Assert.Single(upstream.Further).Context[^1].TextOf(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Sorry, no.")]
    [InlineData("""{"city":"Oslo"}""")]
    public async Task Read_AnotherFormTwice_NeverLeavesUnderStrict(string reply)
    {
        var upstream = new EmulatingUpstream { SecondAnswer = reply };

        var failure = await Assert.ThrowsAsync<UpstreamException>(() => upstream.ReadAsync(TurnOf(strict: true), FinishReason.Stop, reply));
        var (items, _, _) = await upstream.ReadAsync(TurnOf(strict: null), FinishReason.Stop, reply);

        Assert.Equal(FailureReason.Unfit, failure.Failure.Reason);
        Assert.Equal([Messages.Assistant(reply)], items);
    }

    [Fact]
    public async Task Read_JsonThatALimitCutOff_HasNoTextUnderStrict()
    {
        var (items, finish, _) = await new EmulatingUpstream { SecondAnswer = Right }.ReadAsync(
            TurnOf(strict: true),
            FinishReason.Length,
            """{"city":"Os"""
        );

        Assert.Equal([Messages.Assistant("")], items);
        Assert.Equal(FinishReason.Length, finish);
    }

    [Fact]
    public async Task Read_CallWhereToolsAndAFormAreAskedFor_IsTheCallAlone()
    {
        var turn = TurnOf(strict: true) with { Tools = [new(ToolKind.Function, "look", null, null)] };

        var (items, finish, _) = await new EmulatingUpstream().ReadAsync(
            turn,
            FinishReason.Stop,
            "Let me look.",
            "<tool_call>{\"name\":\"look\"}</tool_call>"
        );

        Assert.Equal("look", Assert.IsType<ToolCallItem>(Assert.Single(items)).Name);
        Assert.Equal(FinishReason.ToolCalls, finish);
    }

    [Fact]
    public async Task Open_Schema_StandsInThePrompt()
    {
        var upstream = new EmulatingUpstream();

        await upstream.ReadAsync(TurnOf(strict: true), FinishReason.Stop, Right);

        Assert.Contains(Schema, upstream.Asked.Turn.Instructions, StringComparison.Ordinal);
        Assert.Null(upstream.Asked.Turn.Format);
    }

    private static TurnRequest TurnOf(bool? strict) =>
        EmulatingUpstream.Turn(Messages.User("A trip")) with
        {
            Format = new(ResponseFormatKind.JsonSchema, "trip", Schema, strict),
        };
}
