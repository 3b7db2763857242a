using FlowGpt.ApiFrontend.Calls;
using FlowGpt.Grains.Interfaces.Pools;

namespace FlowGpt.Tests.Process.Faults;

/// <summary>Asks a cluster in which a fault was made, repeatedly within a deadline, since each call may go to a silo that has just ended.</summary>
internal static class ClusterQuestions
{
    /// <summary>Returns when exactly the silos with these ports are active.</summary>
    public static async Task UntilActiveAsync(IGrainFactory grains, IReadOnlyCollection<int> ports, Func<Task> heal)
    {
        var management = grains.GetGrain<IManagementGrain>(0);
        await UntilAsync(
            async () =>
            {
                await heal();
                var hosts = await management.GetHosts(onlyActive: true);
                return ports.Order().SequenceEqual(hosts.Keys.Select(silo => silo.Endpoint.Port).Order()) ? hosts : null;
            },
            $"the silos {string.Join(", ", ports)} are active, and no other"
        );
    }

    /// <summary>The silo port of the silo that has the pool.</summary>
    public static async Task<int> PortOfPoolAsync(IGrainFactory grains, ITokenPoolGrain pool)
    {
        var management = grains.GetGrain<IManagementGrain>(0);
        var address = await UntilAsync(
            async () =>
            {
                await pool.GetSnapshot();
                return await management.GetActivationAddress(pool);
            },
            "the pool has a silo"
        );
        return address.Endpoint.Port;
    }

    /// <summary>Asks until there is an answer.</summary>
    /// <param name="ask">Returns the answer; null: not yet. Transient failures count as no answer.</param>
    /// <param name="what">What is waited for, for the message.</param>
    public static async Task<T> UntilAsync<T>(Func<Task<T?>> ask, string what)
        where T : class
    {
        var started = TimeProvider.System.GetTimestamp();
        Exception? last = null;
        while (TimeProvider.System.GetElapsedTime(started) < FaultCluster.Deadline)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            try
            {
                if (await ask() is { } answer)
                {
                    return answer;
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                last = exception;
            }

            await TransientFailures.DelayAsync(TimeProvider.System, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException($"Within {FaultCluster.Deadline.TotalSeconds} s it did not happen that {what}.", last);
    }
}
