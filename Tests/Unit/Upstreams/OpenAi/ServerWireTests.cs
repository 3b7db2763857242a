using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Upstreams.OpenAi;
using FlowGpt.Simulator.Hosting;
using static FlowGpt.Tests.Unit.Upstreams.OpenAi.OpenAiCalls;

namespace FlowGpt.Tests.Unit.Upstreams.OpenAi;

public sealed class ServerWireTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(404, false)]
    [InlineData(405, false)]
    [InlineData(400, true)]
    [InlineData(422, true)]
    [InlineData(401, null)]
    [InlineData(429, null)]
    [InlineData(503, null)]
    [InlineData(null, null)]
    public void Read_AnyStatus_TellsOrDoesNot(int? status, bool? expected) => Assert.Equal(expected, ServerWire.Read(status));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Find_ServerThatTells_IsAskedOnce(bool has)
    {
        var wire = new ServerWire();
        var asked = 0;
        var answer = new TaskCompletionSource<bool?>();
        Task<bool?> Ask()
        {
            asked++;
            return answer.Task;
        }

        var first = wire.FindAsync(Ask, Start).AsTask();
        var second = wire.FindAsync(Ask, Start).AsTask();
        Assert.Null(wire.SpeaksResponses);
        answer.SetResult(has);

        Assert.Equal([has, has], await Task.WhenAll(first, second));
        Assert.Equal(has, await wire.FindAsync(Ask, Start.AddDays(1)));
        Assert.Equal((1, has), (asked, wire.SpeaksResponses));
    }

    [Fact]
    public async Task Find_ServerThatTellsNothing_IsAskedAgainLater()
    {
        var wire = new ServerWire();
        var asked = 0;
        Task<bool?> Ask() => Task.FromResult<bool?>(++asked == 2 ? true : null);

        Assert.False(await wire.FindAsync(Ask, Start));
        Assert.False(await wire.FindAsync(Ask, Start + ServerWire.AskedAgainAfter - TimeSpan.FromTicks(1)));
        Assert.True(await wire.FindAsync(Ask, Start + ServerWire.AskedAgainAfter));
        Assert.Equal(2, asked);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("/none", false)]
    public async Task Open_AutoWire_SpeaksWhatTheServerHas(string? path, bool isResponses)
    {
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions(), TestDeadline.Token);
        var definition = Definition(simulator.OpenAiAddress.ToString()) with
        {
            Wire = "auto",
            Paths = path is null
                ? ImmutableDictionary<string, string>.Empty
                : ImmutableDictionary<string, string>.Empty.Add("responses", path),
        };
        using var upstream = Upstream(definition);
        var turn = Turn with { Input = [MessageItem.Of(MessageRole.User, "Say exactly: found out")] };
        var call = Call(turn, "sim-large", Credential(simulator.IssueApiKey("a1")));

        var replies = new[] { await ReplyAsync(upstream, call), await ReplyAsync(upstream, call) };

        Assert.All(replies, static reply => Assert.Equal("found out", reply.Text));
        var bodies = simulator
            .Truth.Exchanges()
            .Select(static exchange => exchange.OpenAi?.Body ?? "")
            .Where(static body => body.Length > 2)
            .ToArray();
        Assert.InRange(bodies.Length, replies.Length, replies.Length + 1);
        Assert.All(bodies, body => Assert.Equal(isResponses, body.Contains("\"input\"", StringComparison.Ordinal)));
    }
}
