using System.Threading.Tasks.Sources;
using FlowGpt.ApiFrontend.Calls;

namespace FlowGpt.Tests.Unit.ApiFrontend.Calls;

public sealed class PendingAnswerTests
{
    private readonly SiloLosses _losses = new();
    private readonly PendingAnswer<string> _pending = new();

    [Fact]
    public async Task AnswerOrLoss_Answered_IsTheAnswerAndMayBeUsedAgain()
    {
        for (var i = 0; i < 3; i++)
        {
            var call = new TaskCompletionSource<string>();
            var answer = Ask(call);
            call.SetResult($"answer {i}");

            Assert.Equal($"answer {i}", await answer);
            Assert.True(_pending.IsFree);
        }
    }

    [Fact]
    public async Task AnswerOrLoss_AnsweredBeforeItWaits_IsTheAnswerWhateverIsLost()
    {
        var loss = _losses.Next;
        _losses.Note();

        Assert.Equal("at once", await _pending.AnswerOrLoss(new ValueTask<string>("at once"), loss));
    }

    [Fact]
    public async Task AnswerOrLoss_Fails_ThrowsTheFailureAndMayBeUsedAgain()
    {
        var call = new TaskCompletionSource<string>();
        var answer = Ask(call);
        call.SetException(new TimeoutException());

        await Assert.ThrowsAsync<TimeoutException>(() => answer);
        Assert.True(_pending.IsFree);
    }

    [Fact]
    public async Task AnswerOrLoss_Loss_IsNullAndTheAnswerComesLate()
    {
        var call = new TaskCompletionSource<string>();
        var answer = Ask(call);
        _losses.Note();

        Assert.Null(await answer);
        Assert.False(_pending.IsFree);
        Assert.False(_pending.Late.IsCompleted);
        call.SetResult("late");
        Assert.Equal("late", await _pending.Late);
        Assert.False(_pending.IsFree);
    }

    [Fact]
    public async Task AnswerOrLoss_LossAndThenFailure_NeedsNobodyToLook()
    {
        var source = new CountedCall();
        var answer = _pending.AnswerOrLoss(source.Task, _losses.Next).AsTask();
        _losses.Note();
        Assert.Null(await answer);

        source.Fail(new TimeoutException());

        Assert.Equal(1, source.Taken);
        await Assert.ThrowsAsync<TimeoutException>(() => _pending.Late);
    }

    [Fact]
    public async Task AnswerOrLoss_LossBeforeTheCallWasMade_IsNull()
    {
        var loss = _losses.Next;
        _losses.Note();

        Assert.Null(await _pending.AnswerOrLoss(new ValueTask<string>(new TaskCompletionSource<string>().Task), loss));
        Assert.False(_pending.IsFree);
    }

    [Fact]
    public async Task AnswerOrLoss_EarlierLoss_IsNothingToALaterCall()
    {
        _losses.Note();
        _losses.Note();
        var call = new TaskCompletionSource<string>();
        var answer = Ask(call);

        Assert.False(answer.IsCompleted);
        call.SetResult("answer");
        Assert.Equal("answer", await answer);
    }

    [Fact]
    public async Task AnswerOrLoss_ProcessThatHearsOfNoLoss_IsTheCallItself()
    {
        SiloLosses.Never.Note();
        var source = new CountedCall();
        var answer = _pending.AnswerOrLoss(source.Task, SiloLosses.Never.Next);
        source.Answer("answer");

        Assert.Equal("answer", await answer);
        Assert.True(_pending.IsFree);
    }

    [Fact]
    public void AnswerOrLoss_AnsweredAgainAndAgain_AllocatesNothing()
    {
        const int Calls = 1000;
        var source = new CountedCall();
        AskAndAnswer(source, 100);
        var before = GC.GetAllocatedBytesForCurrentThread();

        AskAndAnswer(source, Calls);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Calls - 1);
    }

    private Task<string?> Ask(TaskCompletionSource<string> call) =>
        _pending.AnswerOrLoss(new ValueTask<string>(call.Task), _losses.Next).AsTask();

    private void AskAndAnswer(CountedCall source, int times)
    {
        for (var i = 0; i < times; i++)
        {
#pragma warning disable CA2012 // Answered before it is asked for its result.
            var answer = _pending.AnswerOrLoss(source.Task, _losses.Next);
#pragma warning restore CA2012
            source.Answer("answer");
            Assert.Same("answer", answer.GetAwaiter().GetResult());

            source.Renew();
        }
    }

    /// <summary>A call as Orleans makes it: its object is reused once the result was taken, which must happen only once.</summary>
    private sealed class CountedCall : IValueTaskSource<string>
    {
        private ManualResetValueTaskSourceCore<string> _core;

        public int Taken { get; private set; }

        public ValueTask<string> Task => new(this, _core.Version);

        public void Answer(string answer) => _core.SetResult(answer);

        public void Fail(Exception failure) => _core.SetException(failure);

        public void Renew() => _core.Reset();

        public string GetResult(short token)
        {
            Taken++;
            return _core.GetResult(token);
        }

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);
    }
}
