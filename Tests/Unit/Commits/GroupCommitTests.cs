using FlowGpt.Grains.Commits;
using Microsoft.Extensions.Time.Testing;

namespace FlowGpt.Tests.Unit.Commits;

public sealed class GroupCommitTests
{
    private static readonly CommitPace Pace = new(TimeSpan.FromMilliseconds(40), TimeSpan.FromMilliseconds(250), 20, GathersFirst: false);

    private readonly FakeTimeProvider _time = new();
    private readonly List<TaskCompletionSource> _writes = [];
    private readonly List<Exception> _failures = [];

    [Theory]
    [InlineData(1, 100, 100)]
    [InlineData(30, 100, 300)]
    [InlineData(4000, 100, 1000)]
    [InlineData(4000, 5000, 5000)]
    public void Pause_IsInProportionToTheWrite_WithinItsBounds(int took, int least, int expected) =>
        Assert.Equal(
            TimeSpan.FromMilliseconds(expected),
            new CommitPace(TimeSpan.FromMilliseconds(least), TimeSpan.FromSeconds(1), 10, GathersFirst: true).After(
                TimeSpan.FromMilliseconds(took)
            )
        );

    [Fact]
    public async Task Commit_WhileAWriteRuns_SharesTheNextOneAfterThePause()
    {
        var commit = New(Pace);
        var first = commit.CommitAsync();
        var second = commit.CommitAsync();
        var third = commit.CommitAsync();

        Assert.Single(_writes).SetResult();
        await first;
        Assert.False(second.IsCompleted);
        Assert.True(commit.IsAwaited);
        await PassUntil(() => _writes.Count == 2, "the second write begins");
        _writes[1].SetResult();

        await Task.WhenAll(second, third);
        Assert.False(commit.IsAwaited);
        _time.Advance(Pace.Longest);
        Assert.Equal(2, _writes.Count);
    }

    [Fact]
    public async Task Commit_ThatGathersFirst_WritesWhatCameMeanwhileAtOnce()
    {
        var commit = New(Pace with { GathersFirst = true });
        var first = commit.CommitAsync();
        var second = commit.CommitAsync();
        Assert.Empty(_writes);

        await PassUntil(() => _writes.Count == 1, "the write begins");
        _writes[0].SetResult();

        await Task.WhenAll(first, second);
    }

    [Fact]
    public async Task Commit_WriteFails_FailsThoseThatWaitAndAllLaterOnes()
    {
        var commit = New(Pace);
        var (first, second) = (commit.CommitAsync(), commit.CommitAsync());
        var failure = new IOException("no");

        _writes[0].SetException(failure);

        Assert.Same(failure, await Assert.ThrowsAsync<IOException>(() => first));
        Assert.Same(failure, await Assert.ThrowsAsync<IOException>(() => second));
        Assert.Same(failure, await Assert.ThrowsAsync<IOException>(commit.CommitAsync));
        Assert.Equal([failure], _failures);
        Assert.Single(_writes);
    }

    /// <summary>Advances the time until the condition is true: a pause may begin only after the caller of the write was answered.</summary>
    private Task<bool> PassUntil(Func<bool> isSo, string what) =>
        Soon.Becomes(
            () =>
            {
                _time.Advance(Pace.Least);
                return ValueTask.FromResult(isSo());
            },
            static so => so,
            what
        );

    private GroupCommit New(CommitPace pace) => new(pace, WriteAsync, _failures.Add, _time);

    private Task WriteAsync()
    {
        var write = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _writes.Add(write);
        return write.Task;
    }
}
