using System.Net;
using FlowGpt.ApiFrontend.Calls;
using FlowGpt.ApiFrontend.Usage;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Usage;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FlowGpt.Tests.Unit.ApiFrontend.Turns;

/// <summary>What happens to calls without an answer when a silo is lost. The clock does not advance, so that nothing is repeated for another reason.</summary>
public sealed class SiloLossTests : IAsyncDisposable
{
    private const string Body = """{"model":"gpt-4-free","messages":[{"role":"user","content":"hi"}]}""";
    private const string StreamBody = """{"model":"gpt-4-free","stream":true,"messages":[{"role":"user","content":"hi"}]}""";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly SiloLosses _losses = new();
    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource<ScriptedConversation> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<ResponseSlice> _later = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly FakeWitness _witness = new();
    private FrontendHost _host = null!;

    [Fact]
    public async Task Read_NoAnswerAtALoss_IsMadeAgainAtOnce()
    {
        var response = await BeginAsync(StreamBody, conversation => conversation.Says("one").AnswersBy(_later.Task));
        var conversation = await WaitingAsync();

        _losses.Note();
        conversation.Completes(" two");

        Assert.Equal("one two", await TextAsync(response));
    }

    [Fact]
    public async Task Read_LossAgain_IsMadeAgainEachTime()
    {
        var response = await BeginAsync(StreamBody, conversation => conversation.AnswersBy(_later.Task).AnswersBy(_later.Task));
        var conversation = await WaitingAsync();

        _losses.Note();
        await conversation.Waits.ReadAsync().AsTask().WaitAsync(Deadline);
        _losses.Note();
        conversation.Completes("text");

        Assert.Equal("text", await TextAsync(response));
        Assert.Single(_host.Grains.Conversations);
    }

    [Fact]
    public async Task Read_FirstHadGotTheEnd_ItsAnswerCountsThoughTheSecondKnowsNothing()
    {
        var response = await BeginAsync(StreamBody, conversation => conversation.AnswersBy(_later.Task));
        var conversation = await WaitingAsync();

        _losses.Note();
        conversation.IsUnknown();
        _later.SetResult(End(conversation, "whole"));

        Assert.Equal("whole", await TextAsync(response));
        Assert.Single(_host.Grains.Conversations);
    }

    [Fact]
    public async Task Read_FirstFailsLater_TheSecondIsWaitedFor()
    {
        var response = await BeginAsync(StreamBody, conversation => conversation.AnswersBy(_later.Task));
        var conversation = await WaitingAsync();

        _losses.Note();
        await conversation.Waits.ReadAsync().AsTask().WaitAsync(Deadline);
        _later.SetException(new TimeoutException());
        conversation.Completes("text");

        Assert.Equal("text", await TextAsync(response));
    }

    [Fact]
    public async Task Read_NothingHadNoAnswer_TheLossCostsNothing()
    {
        var response = await BeginAsync(
            StreamBody,
            conversation =>
            {
                _losses.Note();
                conversation.Says("one").Completes(" two");
            }
        );

        Assert.Equal("one two", await TextAsync(response));
        Assert.Single(Assert.Single(_host.Grains.Conversations).Starts);
    }

    [Fact]
    public async Task Start_NoAnswerAtALoss_IsMadeAgainAtTheSamePlace()
    {
        var silent = new TaskCompletionSource<StartResult>();
        var conversation = await StartTwiceAsync(silent);
        Assert.Equal(2, Assert.Single(_host.Grains.Conversations).Starts.Count);
        Assert.Single(conversation.Starts.Select(static turn => turn.ResponseId).Distinct());
    }

    [Fact]
    public async Task Start_NeverAnsweredAndBegunAnew_IsTold()
    {
        var silent = new TaskCompletionSource<StartResult>();
        var conversation = await StartTwiceAsync(silent);

        silent.SetException(new TimeoutException());

        var told = await _witness.Told.WaitAsync(Deadline);
        Assert.Equal($"{conversation.Starts[0].ResponseId}-start1", told.ResponseId);
        Assert.True(told.Estimated);
    }

    [Fact]
    public async Task Start_AnsweredLateByAnotherTurn_IsTold()
    {
        var silent = new TaskCompletionSource<StartResult>();
        var conversation = await StartTwiceAsync(silent);

        silent.SetResult(
            new StartResult.Accepted(conversation.Starts[0].ResponseId, ScriptedConversation.CreatedAt - TimeSpan.FromSeconds(1), 7)
        );

        Assert.True((await _witness.Told.WaitAsync(Deadline)).Estimated);
    }

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    private async Task<Task<HttpResponseMessage>> BeginAsync(string body, Action<ScriptedConversation> script)
    {
        _host = await FrontendHost.StartAsync(
            time: _time,
            services: services => services.AddSingleton(_losses).AddSingleton<IUsageWitness>(_witness)
        );
        _host.Grains.OnConversation = (conversation, _) =>
        {
            script(conversation);
            _first.TrySetResult(conversation);
        };
        return _host.PostChatAsync(body);
    }

    /// <summary>A request whose first start has no answer when a silo is lost, and which is then served.</summary>
    private async Task<ScriptedConversation> StartTwiceAsync(TaskCompletionSource<StartResult> silent)
    {
        var response = await BeginAsync(
            Body,
            conversation =>
            {
                conversation.Completes("text");
                conversation.OnStartLater = turn =>
                    conversation.Starts.Count == 1
                        ? new(silent.Task)
                        : new(new StartResult.Accepted(turn.ResponseId, ScriptedConversation.CreatedAt, 7));
            }
        );
        var conversation = await _first.Task.WaitAsync(Deadline);
        await conversation.Started.WaitAsync(Deadline);
        _losses.Note();
        using var answer = await response.WaitAsync(Deadline);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return conversation;
    }

    /// <summary>The conversation, once a read of it waits.</summary>
    private async Task<ScriptedConversation> WaitingAsync()
    {
        var conversation = await _first.Task.WaitAsync(Deadline);
        await conversation.Waits.ReadAsync().AsTask().WaitAsync(Deadline);
        return conversation;
    }

    private static ResponseSlice End(ScriptedConversation conversation, string text) =>
        new(
            conversation.Epoch,
            1,
            new EventLog().Text(0, text).All,
            ResponseStatus.Completed,
            new ResponseOutcome(FinishReason.Stop, conversation.Usage, null),
            null
        );

    private static async Task<string> TextAsync(Task<HttpResponseMessage> pending)
    {
        using var response = await pending.WaitAsync(Deadline);
        var body = await response.Content.ReadAsStringAsync().WaitAsync(Deadline);
        Assert.EndsWith("data: [DONE]\n\n", body, StringComparison.Ordinal);
        return string.Concat(
            body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
                .Where(static line => line.Contains("\"content\":\"", StringComparison.Ordinal))
                .Select(static line => line.Split("\"content\":\"")[1].Split('"')[0])
        );
    }

    private sealed class FakeWitness : IUsageWitness
    {
        private readonly TaskCompletionSource<UsageEvent> _told = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<UsageEvent> Told => _told.Task;

        public void Ended(UsageEvent usage) { }

        public void Lost(UsageEvent usage) => _told.TrySetResult(usage);

        public void SiloLost() { }
    }
}
