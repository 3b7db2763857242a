using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Turns;
using FlowGpt.Grains.Upstreams;
using FlowGpt.Grains.Upstreams.Decorators.Schema;

namespace FlowGpt.Tests.Unit.Upstreams.Decorators.Schema;

/// <summary>Providers that support the format: their replies pass at once, and a reply in another form does not end as a complete one.</summary>
public sealed class CheckedFormatTests
{
    private const string Schema =
        """{"type":"object","properties":{"on":{"type":"string","format":"date"}},"required":["on"],"additionalProperties":false}""";

    private static readonly ResponseFormat Strict = new(ResponseFormatKind.JsonSchema, "x", Schema, true);
    private static readonly ResponseFormat Loose = new(ResponseFormatKind.JsonSchema, "x", Schema);
    private static readonly ResponseFormat Any = new(ResponseFormatKind.JsonObject);

    public static TheoryData<ResponseFormat, string, bool> Replies =>
        new()
        {
            { Strict, """{"on":"2026-01-02"}""", true },
            { Strict, " {\"on\":\"2026-01-02\"}\n", true },
            { Strict, """{"on":"tomorrow"}""", false },
            { Strict, """{"on":1}""", false },
            { Strict, """{"on":"2026-01-02"}}""", false },
            { Strict, """{"on":"2026-01-02","on":"2026-01-03"}""", false },
            { Strict, "Sorry.", false },
            { Loose, "Sorry.", true },
            { Any, """{"a":[1]}""", true },
            { Any, "[1]", false },
            { Any, "{", false },
        };

    [Theory]
    [MemberData(nameof(Replies))]
    public async Task Read_ToTheEnd_FailsOnlyWhereTheFormatIsBroken_AndEverythingHasPassedBefore(
        ResponseFormat format,
        string text,
        bool isRight
    )
    {
        var read = new ResponseLog();

        var failure = await Record.ExceptionAsync(() => ReadAsync(format, text, FinishReason.Stop, read));

        Assert.Equal(isRight, failure is null);
        Assert.Equal(isRight ? null : FailureReason.Unfit, (failure as UpstreamException)?.Failure.Reason);
        Assert.Equal(text, Assert.Single(read.ToItems()).TextOf());
    }

    [Theory]
    [InlineData(FinishReason.Length)]
    [InlineData(FinishReason.ContentFilter)]
    public async Task Read_AReplyThatWasCut_SaysSoItself(FinishReason finish) =>
        await ReadAsync(Strict, """{"on":""", finish, new ResponseLog());

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","format":"colour"}}}""", "'colour'")]
    [InlineData("""{"type":"object","properties":{"format":{"type":"string","const":"x"}}}""", null)]
    public void Build_AFormatThatIsNotKnown_IsRefusedByNameUnderStrictAlone(string schema, string? named)
    {
        var problem = FormatCheck.Build(new(ResponseFormatKind.JsonSchema, "x", schema, true)).Problem;

        Assert.Equal(named is null, problem is null);
        Assert.Contains(named ?? "", problem ?? "", StringComparison.Ordinal);
        Assert.Null(FormatCheck.Build(new(ResponseFormatKind.JsonSchema, "x", schema)).Problem);
    }

    [Fact]
    public void Around_NothingToCheck_IsTheUpstreamItself()
    {
        var upstream = new ScriptedUpstream();

        Assert.Same(upstream, CheckedFormatUpstream.Around(upstream, null));
        Assert.Same(upstream, CheckedFormatUpstream.Around(upstream, Loose));
        Assert.Same(upstream, CheckedFormatUpstream.Around(upstream, Strict with { Schema = """{"$ref":"https://example.com/x"}""" }));
    }

    private static async Task ReadAsync(ResponseFormat format, string text, FinishReason finish, ResponseLog read)
    {
        var upstream = new ScriptedUpstream();
        var script = upstream.Next();
        foreach (var part in text.Chunk(5))
        {
            script.Says(new string(part));
        }

        script.Ends().FinishReason = finish;
        var turn = EmulatingUpstream.Turn(MessageItem.Of(MessageRole.User, "hi")) with { Format = format };
        var none = ImmutableDictionary<string, string>.Empty;
        var call = new UpstreamCall(new Target("pool", "model"), turn, turn.Input, turn.Sampling, new("pool", none, none));
        await using var reply = await CheckedFormatUpstream.Around(upstream, format).OpenAsync(call, TestDeadline.Token);
        while (await reply.ReadAsync(read, TestDeadline.Token)) { }
    }
}
