namespace FlowGpt.Tests.Kit;

/// <summary>Waits for events that have to happen: each wait has a deadline, and a failure names what was waited for.</summary>
internal static class Soon
{
    /// <summary>Far longer than anything takes on a busy machine: a wait that reaches this limit has found a hang.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private const int LooksAtOnce = 20;

    /// <summary>Awaits an event.</summary>
    public static async Task Happens(Task task, string what)
    {
        try
        {
            await task.WaitAsync(Limit, TimeProvider.System, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            Assert.Fail($"Within {Limit.TotalSeconds} s it did not happen that {what}.");
        }
    }

    /// <summary>Awaits an event and returns its result.</summary>
    public static async Task<T> Happens<T>(Task<T> task, string what)
    {
        await Happens((Task)task, what);
        return await task;
    }

    /// <summary>Reads a state again and again, each read being a call during which other work runs, until the state is as wanted.</summary>
    /// <param name="read">Reads the state; must be truly asynchronous, such as a grain call.</param>
    /// <param name="wanted">Whether the state is as wanted.</param>
    /// <param name="what">What is waited for, for the message.</param>
    public static async Task<T> Becomes<T>(Func<ValueTask<T>> read, Func<T, bool> wanted, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        using var pause = new PeriodicTimer(Pause, TimeProvider.System);
        for (var looks = 1; ; looks++)
        {
            var state = await read();
            if (wanted(state))
            {
                return state;
            }

            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            if (TimeProvider.System.GetElapsedTime(started) > Limit)
            {
                Assert.Fail($"Within {Limit.TotalSeconds} s it did not happen that {what}; it is now: {state}");
            }

            // What comes at once is seen at once; what takes longer is not slowed down by those who look.
            if (looks < LooksAtOnce)
            {
                await Task.Yield();
            }
            else
            {
                await pause.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            }
        }
    }
}
