using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams;
using FlowGpt.Grains.Upstreams.OpenAi;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Hosting;
using static FlowGpt.Tests.Unit.Upstreams.OpenAi.OpenAiCalls;

namespace FlowGpt.Tests.Unit.Upstreams.OpenAi;

/// <summary>The kind against the simulator's OpenAI-compatible face, over real connections.</summary>
public sealed class OpenAiAgainstSimulatorTests : IAsyncLifetime
{
    private const string Question = "reply with exactly: Grüße, 世界 🙂 and more";
    private const string Answer = "Grüße, 世界 🙂 and more";

    private SimulatorHost _simulator = null!;
    private OpenAiUpstream _upstream = null!;
    private UpstreamCredential _credential = null!;

    public async ValueTask InitializeAsync()
    {
        _simulator = await SimulatorHost.StartAsync(new SimulatorOptions(), TestDeadline.Token);
        _credential = Credential(_simulator.IssueApiKey("a1"));
        _upstream = Upstream(Definition(_simulator.OpenAiAddress.ToString()));
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
        new OpenAiSettings() { Compression = ReplyCompression.Br },
        new OpenAiSettings()
        {
            Comments = true,
            NoSpace = true,
            EmptyChoices = true,
        },
        new OpenAiSettings() { SplitBytes = 1 },
        new OpenAiSettings() { OmitDone = true },
        new OpenAiSettings() { OmitFinish = true },
        new OpenAiSettings() { OmitDone = true, Usage = UsagePosition.OnFinish },
        new OpenAiSettings() { Usage = UsagePosition.BeforeFinish },
        new OpenAiSettings() { ExtraFields = """{"vendor":{"x":1}}""", HeadersFirst = true },
    ];

    [Theory]
    [MemberData(nameof(Tortures))]
    public async Task Read_AnyTorture_GivesTheReplyAndItsUsage(OpenAiSettings settings)
    {
        _simulator.Truth.SetBehaviour(new BehaviourSettings { OpenAi = settings, FlushEachToken = true });

        var outcome = await ReplyAsync(_upstream, Ask(Turn with { Input = [MessageItem.Of(MessageRole.User, Question)] }));

        Assert.Equal((Answer, FinishReason.Stop), (outcome.Text, outcome.Finish));
        Assert.Equal(UsageOrigin.Reported, outcome.Usage?.Origin);
        Assert.Equal(_simulator.Truth.Account("a1").CompletionTokens, (long?)outcome.Usage?.CompletionTokens);
        Assert.Equal(settings.ExtraFields is not null, outcome.Events.Events.Exists(static made => made.Kind == EventKind.Extension));
    }

    [Fact]
    public async Task Read_CarriageReturns_GiveTheReply()
    {
        _simulator.Truth.SetBehaviour(new BehaviourSettings { CarriageReturns = true });

        Assert.Equal(Answer, (await ReplyAsync(_upstream, Ask(Turn with { Input = [MessageItem.Of(MessageRole.User, Question)] }))).Text);
    }

    [Fact]
    public async Task Read_ServerWithoutStreams_GivesTheReply()
    {
        using var upstream = Upstream(Definition(_simulator.OpenAiAddress.ToString(), "stream"));

        var outcome = await ReplyAsync(upstream, Ask(Turn with { Input = [MessageItem.Of(MessageRole.User, Question)] }));

        Assert.Equal((Answer, UsageOrigin.Reported), (outcome.Text, outcome.Usage?.Origin));
    }

    [Fact]
    public async Task Read_ReasoningAndTools_ComeAsItems()
    {
        _simulator.Truth.SetBehaviour(
            new BehaviourSettings
            {
                OpenAi = new OpenAiSettings
                {
                    Reasoning = "Think first.",
                    ReasoningField = ReasoningField.Reasoning,
                    Calls =
                    [
                        new global::FlowGpt.Simulator.Behaviour.ScriptedCall("add", """{"a":1}"""),
                        new global::FlowGpt.Simulator.Behaviour.ScriptedCall("add", """{"a":2}"""),
                    ],
                },
            }
        );
        var turn = Turn with { Tools = [new ToolDefinition(ToolKind.Function, "add", null, """{"type":"object"}""")] };

        var outcome = await ReplyAsync(_upstream, Ask(turn));

        Assert.Equal(("Think first.", FinishReason.ToolCalls), (outcome.Events.Reasoning, outcome.Finish));
        Assert.Equal(["""{"a":1}""", """{"a":2}"""], outcome.Events.Calls.Select(static call => call.Of(EventKind.ArgumentsDelta)));
        Assert.All(outcome.Events.Calls, static call => Assert.True(call.HasEnded));
    }

    [Theory]
    [InlineData(FaultKind.Unauthorized, FailureClass.Credential, FailureReason.Unauthorized)]
    [InlineData(FaultKind.RateLimited, FailureClass.Credential, FailureReason.RateLimited)]
    [InlineData(FaultKind.ServerError, FailureClass.Upstream, FailureReason.ServerError)]
    [InlineData(FaultKind.Unavailable, FailureClass.Upstream, FailureReason.Overloaded)]
    [InlineData(FaultKind.ResetBeforeHeaders, FailureClass.Upstream, FailureReason.ConnectionFailed)]
    [InlineData(FaultKind.ResetAfter, FailureClass.Upstream, FailureReason.ConnectionReset)]
    [InlineData(FaultKind.CloseAfter, FailureClass.Upstream, FailureReason.ConnectionReset)]
    [InlineData(FaultKind.ErrorFrameAfter, FailureClass.Upstream, FailureReason.ServerError)]
    public async Task Read_Fault_IsRead(FaultKind kind, FailureClass @class, FailureReason reason)
    {
        _simulator.Truth.SetBehaviour(
            new BehaviourSettings
            {
                Fault = new FaultSettings
                {
                    Kind = kind,
                    After = 2,
                    RetryAfterSeconds = 3,
                },
            }
        );

        var exception = await Assert.ThrowsAsync<UpstreamException>(() => ReplyAsync(_upstream, Ask(Turn)));

        Assert.Equal((@class, reason), (exception.Failure.Class, exception.Failure.Reason));
        Assert.Equal(
            reason == FailureReason.RateLimited ? TimeSpan.FromSeconds(3) : null,
            reason == FailureReason.RateLimited ? exception.Failure.RetryAfter : null
        );
        Assert.Equal(1, _simulator.Truth.Account("a1").ChatRequests);
    }

    [Fact]
    public async Task Open_LimitHeaders_AreTold()
    {
        _simulator.Truth.SetBehaviour(
            new BehaviourSettings
            {
                OpenAi = new OpenAiSettings
                {
                    Headers = new Dictionary<string, string>
                    {
                        ["x-ratelimit-limit-requests"] = "60",
                        ["x-ratelimit-reset-requests"] = "1m30s",
                    },
                },
            }
        );

        await using var reply = await _upstream.OpenAsync(Ask(Turn), TestDeadline.Token);

        Assert.Equal(new RateLimitWindow(60, null, TimeSpan.FromSeconds(90)), reply.RateLimits?.Requests);
    }

    [Fact]
    public async Task Dispose_BeforeTheEnd_StopsTheServer()
    {
        _simulator.Truth.SetBehaviour(new BehaviourSettings { TokenDelay = TimeSpan.FromMilliseconds(20), ReplyTokens = 10_000 });
        var reply = await _upstream.OpenAsync(Ask(Turn), TestDeadline.Token);
        Assert.True(await reply.ReadAsync(new RecordedReply(), TestDeadline.Token));

        await reply.DisposeAsync();

        var truth = await _simulator.Truth.WaitUntilAsync(static now => now.OpenStreams == 0, TestDeadline.Token);
        Assert.Equal(0, truth.OpenStreams);
    }

    [Fact]
    public async Task ListModels_Simulator_GivesNamesAndContext()
    {
        var models = await _upstream.ListModelsAsync(_credential, TestDeadline.Token);

        Assert.Equal(16_384, models.Single(static model => model.Id == "sim-small").ContextWindow);
        Assert.Contains(models, static model => model is { Id: "sim-plain", ContextWindow: null });
    }

    [Theory]
    [InlineData()]
    [InlineData("encoding_format")]
    public async Task Embed_TextsAndTokens_GiveVectors(params string[] quirks)
    {
        using var upstream = Upstream(Definition(_simulator.OpenAiAddress.ToString(), quirks));
        var call = new EmbeddingCall(new("local", "sim-embed"), "key-1", """["one","two"]""", 8, _credential);

        var reply = await upstream.EmbedAsync(call, TestDeadline.Token);

        Assert.Equal([32, 32], reply.Vectors.Select(static vector => vector.Length));
        Assert.True(reply.Usage is { PromptTokens: > 0, CompletionTokens: 0, Origin: UsageOrigin.Reported });
        Assert.Single((await upstream.EmbedAsync(call with { Input = "[1,2,3]" }, TestDeadline.Token)).Vectors);
    }

    private UpstreamCall Ask(TurnRequest turn) => Call(turn, "sim-plain", _credential);
}
