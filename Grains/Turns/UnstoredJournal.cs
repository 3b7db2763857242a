using FlowGpt.Grains.Affinity;
using FlowGpt.Grains.Interfaces.Affinity;
using FlowGpt.Grains.Interfaces.Usage;
using FlowGpt.Grains.Upstreams;
using Microsoft.Extensions.Logging;

namespace FlowGpt.Grains.Turns;

/// <summary>The journal of a turn that is not stored: its usage goes to the silo's recorder, its upstream conversation to the affinity index.</summary>
internal sealed partial class UnstoredJournal(HostedTurn hosted, HostedTurns turns, TurnServices services, ILogger logger) : ITurnJournal
{
    /// <summary>Bytes of the log that no reader has taken and that the reply may grow beyond: the log's arrays may be twice as large.</summary>
    public const int MostUnread = 256 * 1024;

    /// <summary>
    /// Waits for the readers of a reply that nobody but them will read, so that a client which does not read holds little memory. Its frontend gives up a client that takes
    /// nothing, and the turn with it.
    /// </summary>
    public ValueTask<bool> MayGrowAsync(ActiveTurn turn)
    {
        if (turn.IsBackground || TurnRetention.IsKeptWhenRead(turn.Request))
        {
            return new(true);
        }

        var wait = turn.WaitForReaders(MostUnread);
        return wait.IsCompleted ? new(true) : AfterAsync(wait);
    }

    public async ValueTask<UpstreamThread?> FindThreadAsync(ActiveTurn turn)
    {
        var context = SpokenItems.Of(turn.Context);
        var fresh = NewItems.CountOf(context.AsSpan());
        if (fresh == 0 || !KeepsConversations(turn))
        {
            return null;
        }

        using var hash = new ContextHash(turn.Request.ClientKeyId, turn.Request.Route);
        hash.AddSetting(turn.Request);
        hash.Add(context.AsSpan(0, context.Length - fresh));
        var key = hash.Current();
        try
        {
            return await services.AffinityOf(key).Take(key);
        }
        catch (Exception exception)
            when (exception
                    is SiloUnavailableException
                        or OrleansMessageRejectionException
                        or TimeoutException
                        or OperationCanceledException
            )
        {
            // A hint that cannot be had: the whole context goes upstream.
            return null;
        }
    }

    public async ValueTask<TurnResult> EndAsync(ActiveTurn turn, TurnResult result, UsageEvent usage)
    {
        try
        {
            // First of all: until the recorder has the usage, a crash loses the usage.
            services.Usage.Record(usage);
            if (result.Thread is { } thread)
            {
                await RememberAsync(turn, thread);
            }
        }
        finally
        {
            // After any failure: a host that counts an ended turn as running would never leave a silo that drains.
            turns.End(hosted, services.Time.GetUtcNow());
        }

        return result;
    }

    private static async ValueTask<bool> AfterAsync(ValueTask wait)
    {
        await wait;
        return true;
    }

    private bool KeepsConversations(ActiveTurn turn)
    {
        foreach (var target in turn.Targets)
        {
            if (services.CapabilitiesOf(target) is { } can && can.HasFlag(ModelCapabilities.KeepsConversations))
            {
                return true;
            }
        }

        return false;
    }

    private async ValueTask RememberAsync(ActiveTurn turn, UpstreamThread thread)
    {
        using var hash = new ContextHash(turn.Request.ClientKeyId, turn.Request.Route);
        hash.AddSetting(turn.Request);
        hash.Add(SpokenItems.Of(turn.Context).AsSpan());
        hash.Add(SpokenItems.Of(turn.Log.ToItems()).AsSpan());
        var key = hash.Current();
        try
        {
            await services.AffinityOf(key).Put(key, thread);
        }
        catch (Exception exception)
        {
            // The index is a hint: without the entry the next turn costs one more upstream call.
            LogAffinityLost(exception, turn.Request.ResponseId);
        }
    }

    [LoggerMessage(
        EventId = 3005,
        Level = LogLevel.Warning,
        Message = "The upstream conversation of response {ResponseId} was not remembered"
    )]
    private partial void LogAffinityLost(Exception exception, string responseId);
}
