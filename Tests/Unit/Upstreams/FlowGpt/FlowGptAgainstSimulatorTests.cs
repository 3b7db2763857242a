using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams;
using FlowGpt.Grains.Upstreams.FlowGpt;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Hosting;
using FlowGpt.Simulator.Signatures;
using Microsoft.Extensions.Options;
using ServedForm = FlowGpt.Simulator.Signatures.SignatureForm;

namespace FlowGpt.Tests.Unit.Upstreams.FlowGpt;

/// <summary>The client against the simulator, which was written from the protocol and not from the client.</summary>
public sealed class FlowGptAgainstSimulatorTests
{
    private static CancellationToken Deadline => TestDeadline.Token;

    [Theory]
    [InlineData(SignatureForms.DashAuthorization, ServedForm.DashAuthorization)]
    [InlineData(SignatureForms.ConcatenatedDevice, ServedForm.ConcatenatedDevice)]
    [InlineData(SignatureForms.ColonDevice, ServedForm.ColonDevice)]
    public async Task Chat_StrictSignatures_AreAccepted(string name, ServedForm form)
    {
        await using var simulator = await StartAsync(new SimulatorOptions { SignatureMode = SignatureMode.Strict, SignatureForm = form });
        using var upstream = Upstream(simulator, options => options.Signature = name);

        Assert.Equal("once", await AskAsync(upstream, simulator, "reply with exactly: once"));
        Assert.Equal("twice", await AskAsync(upstream, simulator, "reply with exactly: twice"));
    }

    [Theory]
    [InlineData(ContextModes.Conversation)]
    [InlineData(ContextModes.History)]
    public async Task Chat_EarlierTurns_AreTheContext(string mode)
    {
        await using var simulator = await StartAsync();
        using var upstream = Upstream(simulator, options => options.ContextMode = mode);

        var reply = await AskAsync(upstream, simulator, "What is the code word?", Messages.User("The code word: heliotrope"));

        Assert.Contains("heliotrope", reply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_EveryDecorationOfTheStream_ChangesNothingOfTheText()
    {
        var decorated = new BehaviourSettings
        {
            CarriageReturns = true,
            BlankLines = true,
            SplitCharacters = true,
            NonTextEvents = true,
            GarbageLines = true,
            OmitLastLineEnd = true,
            FlushEachToken = true,
            FragmentCharacters = 3,
        };
        const string Text = "naïve 🙂🙃 世界 and so on";
        await using var simulator = await StartAsync(new SimulatorOptions { Behaviour = decorated });
        using var upstream = Upstream(simulator);

        Assert.Equal(Text, await AskAsync(upstream, simulator, $"reply with exactly: {Text}"));
        simulator.Truth.SetBehaviour(decorated with { EscapeNonAscii = true, FragmentCharacters = 1 });
        Assert.Equal(Text, await AskAsync(upstream, simulator, $"reply with exactly: {Text}"));
    }

    /// <summary>Defect 8 of the original proxy: text lost at Unicode separators.</summary>
    [Fact]
    public async Task Chat_UnicodeSeparatorsInTheText_AreKept()
    {
        await using var simulator = await StartAsync(
            new SimulatorOptions
            {
                Behaviour = new() { LineSeparators = true, ReplyTokens = 40 },
            }
        );
        using var upstream = Upstream(simulator);

        var reply = await AskAsync(upstream, simulator, "tell me");

        Assert.Equal(Assert.Single(simulator.Truth.Exchanges()).Text, reply);
        Assert.Contains('\u2028', reply);
        Assert.Contains('\u2029', reply);
        Assert.Contains('\u0085', reply);
    }

    [Theory]
    [InlineData(FaultKind.BadRequest, FailureClass.Caller, FailureReason.Refused)]
    [InlineData(FaultKind.Unauthorized, FailureClass.Credential, FailureReason.Unauthorized)]
    [InlineData(FaultKind.Forbidden, FailureClass.Caller, FailureReason.Refused)]
    [InlineData(FaultKind.RateLimited, FailureClass.Credential, FailureReason.RateLimited)]
    [InlineData(FaultKind.Challenge, FailureClass.Upstream, FailureReason.Challenge)]
    [InlineData(FaultKind.ChallengeCaptcha, FailureClass.Upstream, FailureReason.Challenge)]
    [InlineData(FaultKind.ServerError, FailureClass.Upstream, FailureReason.ServerError)]
    [InlineData(FaultKind.BadGateway, FailureClass.Upstream, FailureReason.ServerError)]
    [InlineData(FaultKind.Unavailable, FailureClass.Upstream, FailureReason.Overloaded)]
    [InlineData(FaultKind.GatewayTimeout, FailureClass.Upstream, FailureReason.ServerError)]
    [InlineData(FaultKind.Html, FailureClass.Upstream, FailureReason.Challenge)]
    [InlineData(FaultKind.NotNdjson, FailureClass.Upstream, FailureReason.InvalidBody)]
    [InlineData(FaultKind.EmptyBody, FailureClass.Upstream, FailureReason.EmptyReply)]
    [InlineData(FaultKind.NoText, FailureClass.Upstream, FailureReason.EmptyReply)]
    [InlineData(FaultKind.ResetBeforeHeaders, FailureClass.Upstream, FailureReason.ConnectionFailed)]
    [InlineData(FaultKind.ResetAfter, FailureClass.Upstream, FailureReason.ConnectionReset)]
    [InlineData(FaultKind.CloseAfter, FailureClass.Upstream, FailureReason.ConnectionReset)]
    [InlineData(FaultKind.StallBeforeHeaders, FailureClass.Upstream, FailureReason.FirstByteTimeout)]
    [InlineData(FaultKind.StallAfter, FailureClass.Upstream, FailureReason.IdleTimeout)]
    public async Task Chat_Fault_IsClassified(FaultKind fault, FailureClass @class, FailureReason reason)
    {
        await using var simulator = await StartAsync(
            new SimulatorOptions
            {
                Behaviour = new()
                {
                    ReplyTokens = 9,
                    Fault = new() { Kind = fault, After = 2 },
                },
            }
        );
        using var upstream = Upstream(
            simulator,
            options =>
                (options.FirstByteTimeoutSeconds, options.BetweenBytesTimeoutSeconds) =
                    fault is FaultKind.StallBeforeHeaders ? (0.2, 60.0) : (60.0, 0.2)
        );

        var failure = await Assert.ThrowsAsync<UpstreamException>(() => AskAsync(upstream, simulator, "hello"));

        Assert.Equal((@class, reason), (failure.Failure.Class, failure.Failure.Reason));
        Assert.True(failure.MayHaveBeenSent);
    }

    [Theory]
    [InlineData(FaultKind.CutLineAfter, FailureReason.ConnectionReset)]
    [InlineData(FaultKind.ErrorFrameAfter, FailureReason.ServerError)]
    public async Task Chat_BodyThatEndsInsideALineOrInAnError_IsNoWholeReply(FaultKind fault, FailureReason reason)
    {
        await using var simulator = await StartAsync(
            new SimulatorOptions
            {
                Behaviour = new()
                {
                    ReplyTokens = 9,
                    Fault = new() { Kind = fault, After = 2 },
                },
            }
        );
        using var upstream = Upstream(simulator);

        var failure = await Assert.ThrowsAsync<UpstreamException>(() => AskAsync(upstream, simulator, "hello"));

        Assert.Equal((FailureClass.Upstream, reason), (failure.Failure.Class, failure.Failure.Reason));
    }

    [Fact]
    public async Task Chat_RateLimitedWithRetryAfter_TellsIt()
    {
        await using var simulator = await StartAsync(
            new SimulatorOptions
            {
                Behaviour = new()
                {
                    Fault = new() { Kind = FaultKind.RateLimited, RetryAfterSeconds = 17 },
                },
            }
        );
        using var upstream = Upstream(simulator);

        var failure = await Assert.ThrowsAsync<UpstreamException>(() => AskAsync(upstream, simulator, "hello"));

        Assert.Equal(TimeSpan.FromSeconds(17), failure.Failure.RetryAfter);
    }

    private static Task<SimulatorHost> StartAsync(SimulatorOptions? options = null) =>
        SimulatorHost.StartAsync(options ?? new SimulatorOptions(), Deadline);

    private static FlowGptUpstream Upstream(SimulatorHost simulator, Action<FlowGptOptions>? configure = null)
    {
        var options = new FlowGptOptions { BaseUrl = simulator.Address.ToString() };
        configure?.Invoke(options);
        return new FlowGptUpstream(new OptionsWrapper<FlowGptOptions>(options));
    }

    private static async Task<string> AskAsync(FlowGptUpstream upstream, SimulatorHost simulator, string question, params Item[] earlier)
    {
        var credential = FlowGptUpstreamTestBase.CredentialOf(simulator.IssueToken("a1"), DeviceId.From(new byte[DeviceId.Length]));
        var request = FlowGptUpstreamTestBase.Call([.. earlier, Messages.User(question)]) with { Credential = credential };
        await using var reply = await upstream.OpenAsync(request, Deadline);
        return await FlowGptUpstreamTestBase.ReadAllAsync(reply);
    }
}
