using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams;
using FlowGpt.Grains.Upstreams.Anthropic;
using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Hosting;
using static FlowGpt.Tests.Unit.Upstreams.Anthropic.AnthropicCalls;

namespace FlowGpt.Tests.Unit.Upstreams.Anthropic;

/// <summary>The kind against the simulator's Anthropic face, over real connections.</summary>
public sealed class AnthropicAgainstSimulatorTests : IAsyncLifetime
{
    private const string Question = "reply with exactly: Grüße, 世界 🙂 and more";
    private const string Answer = "Grüße, 世界 🙂 and more";

    private static readonly ToolDefinition Weather = new(
        ToolKind.Function,
        "get_weather",
        null,
        """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}"""
    );

    private SimulatorHost _simulator = null!;
    private AnthropicUpstream _upstream = null!;
    private UpstreamCredential _credential = null!;

    public async ValueTask InitializeAsync()
    {
        _simulator = await SimulatorHost.StartAsync(new SimulatorOptions(), TestDeadline.Token);
        _credential = Credential(_simulator.IssueApiKey("a1"));
        _upstream = Upstream(Definition(_simulator.AnthropicAddress.ToString()));
    }

    public async ValueTask DisposeAsync()
    {
        _upstream.Dispose();
        await _simulator.DisposeAsync();
    }

    public static TheoryData<OpenAiSettings> Tortures { get; } =
    [
        new OpenAiSettings(),
        new OpenAiSettings() { Compression = ReplyCompression.Gzip, SplitBytes = 3 },
        new OpenAiSettings()
        {
            Comments = true,
            NoSpace = true,
            EmptyChoices = true,
        },
        new OpenAiSettings() { SplitBytes = 1 },
        new OpenAiSettings() { OmitDone = true, HeadersFirst = true },
    ];

    [Theory]
    [MemberData(nameof(Tortures))]
    public async Task Read_AnyTorture_GivesTheReplyAndItsUsage(OpenAiSettings settings)
    {
        _simulator.Truth.SetBehaviour(new BehaviourSettings { OpenAi = settings, FlushEachToken = true });

        var outcome = await ReplyAsync(Ask(Question));

        Assert.Equal((Answer, FinishReason.Stop), (outcome.Text, outcome.Finish));
        Assert.Equal(_simulator.Truth.Account("a1").CompletionTokens, (long?)outcome.Usage?.CompletionTokens);
    }

    [Fact]
    public async Task Read_ThinkingAndCalls_AreItemsThatGoBack()
    {
        _simulator.Truth.SetBehaviour(new BehaviourSettings { OpenAi = new OpenAiSettings { Reasoning = "hm so" } });
        var ask = Ask("Use get_weather for Oslo") with { Tools = [Weather] };

        var first = await ReplyAsync(ask);
        var call = Assert.Single(first.Events.Calls);
        var thought = new ReasoningItem(
            first.Events.Reasoning,
            first.Events.Events.Single(static one => one.Kind == EventKind.ReasoningSealed).Payload
        );
        var second = await ReplyAsync(
            ask with
            {
                Input =
                [
                    .. ask.Input,
                    thought,
                    new ToolCallItem(call.Head.CallId, call.Head.Name, call.Of(EventKind.ArgumentsDelta)),
                    new ToolResultItem(call.Head.CallId, [new TextPart("rain"), new ImagePart("data:image/png;base64,AQID")]),
                ],
            }
        );

        Assert.Equal(("hm so", FinishReason.ToolCalls), (first.Events.Reasoning, first.Finish));
        Assert.Equal("""{"city":"Oslo"}""", call.Of(EventKind.ArgumentsDelta));
        Assert.Equal("get_weather returned rain.", second.Text);
        Assert.Equal(1, _simulator.Truth.Exchanges()[^1].OpenAi!.Images);
    }

    [Theory]
    [InlineData(FaultKind.Unauthorized, null, FailureReason.Unauthorized)]
    [InlineData(FaultKind.RateLimited, null, FailureReason.RateLimited)]
    [InlineData(FaultKind.Status, 529, FailureReason.Overloaded)]
    [InlineData(FaultKind.BadGateway, null, FailureReason.ServerError)]
    [InlineData(FaultKind.Html, null, FailureReason.Challenge)]
    [InlineData(FaultKind.NoText, null, FailureReason.EmptyReply)]
    [InlineData(FaultKind.ErrorFrameAfter, 529, FailureReason.Overloaded)]
    [InlineData(FaultKind.CutLineAfter, null, FailureReason.InvalidBody)]
    [InlineData(FaultKind.ResetAfter, null, FailureReason.ConnectionReset)]
    public async Task Open_Fault_HasItsReason(FaultKind kind, int? status, FailureReason reason)
    {
        _simulator.Truth.SetBehaviour(
            new BehaviourSettings
            {
                Fault = new FaultSettings
                {
                    Kind = kind,
                    Status = status,
                    After = 2,
                },
            }
        );

        var failure = await Assert.ThrowsAsync<UpstreamException>(() => ReplyAsync(Ask(Question)));

        Assert.Equal(reason, failure.Failure.Reason);
    }

    [Fact]
    public async Task Open_RateHeaders_AreReported()
    {
        _simulator.Truth.SetBehaviour(new BehaviourSettings { OpenAi = new OpenAiSettings { RateHeaders = true } });
        _simulator.Truth.ConfigureAccount("a1", new AccountSettings { Limits = new AccountLimits { RequestsPerMinute = 5 } });

        await using var reply = await _upstream.OpenAsync(Call(Ask(Question), credential: _credential), TestDeadline.Token);

        Assert.Equal((5, 4), (reply.RateLimits!.Requests!.Limit, reply.RateLimits.Requests.Remaining));
        Assert.InRange(reply.RateLimits.Requests.ResetAfter!.Value.TotalSeconds, 0, 61);
    }

    [Fact]
    public async Task List_Models_AreThoseOfTheServer() =>
        Assert.Contains(await _upstream.ListModelsAsync(_credential, TestDeadline.Token), static model => model.Id == "sim-large");

    [Fact]
    public async Task Open_CredentialOfAnotherPool_SendsNothing()
    {
        var call = Call(Ask(Question), credential: Credential(_simulator.IssueApiKey("a1"), pool: "other"));

        await Assert.ThrowsAsync<InvalidOperationException>(() => _upstream.OpenAsync(call, TestDeadline.Token));

        Assert.Equal(0, _simulator.Truth.Snapshot().Accepted);
    }

    [Fact]
    public async Task Open_Betas_PassOnlyWhenTheyCostNothing()
    {
        await ReplyAsync(
            Ask(Question).Native("""{"anthropic_beta":"interleaved-thinking-2025-05-14, context-1m-2025-08-07,files-api-2025-04-14"}""")
        );

        Assert.Equal("interleaved-thinking-2025-05-14", _simulator.Truth.Exchanges()[^1].OpenAi!.Headers["anthropic-beta"]);
    }

    private Task<ReplyBody.Outcome> ReplyAsync(TurnRequest turn) =>
        AnthropicCalls.ReplyAsync(_upstream, Call(turn, credential: _credential));
}
