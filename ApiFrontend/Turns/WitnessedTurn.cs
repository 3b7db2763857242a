using FlowGpt.ApiFrontend.Usage;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Usage;

namespace FlowGpt.ApiFrontend.Turns;

/// <summary>What a frontend sees of one turn that it started itself, as far as usage is concerned. Used by one request; not thread-safe.</summary>
internal sealed class WitnessedTurn(IUsageWitness witness, TurnPlan plan, StartResult.Accepted accepted, TimeProvider time)
{
    // Text has about four bytes a token; only for what was not counted.
    private const int BytesPerToken = 4;

    private readonly long _startedAt = time.GetTimestamp();
    private TimeSpan? _firstText;
    private ResponseServing? _serving;
    private int _bytes;
    private bool _ended;

    /// <summary>A start whose answer was lost: booked as a separate request, since the start that replaces it reports only itself.</summary>
    public static void LoseStart(IUsageWitness witness, TurnPlan plan, string id, DateTimeOffset now) =>
        witness.Lost(
            new UsageEvent(
                id,
                plan.ClientKeyId,
                plan.Route,
                Account: null,
                now,
                default,
                TurnErrorKind.Interrupted,
                Estimated: true,
                TimeToFirstToken: null,
                TimeSpan.Zero
            )
        );

    /// <summary>Some of it was read.</summary>
    public void Read(ResponseSlice slice)
    {
        _serving = slice.Serving ?? _serving;
        _bytes += slice.Events.Bytes.Length;
        if (slice.Events.Bytes.Length > 0)
        {
            _firstText ??= time.GetElapsedTime(_startedAt);
        }

        if (slice is { IsTerminal: true, Outcome: { } outcome } && !_ended)
        {
            _ended = true;
            if (plan.ConversationId is null)
            {
                witness.Ended(Event(outcome.Usage, outcome.Error?.Kind, slice.Status == ResponseStatus.Cancelled, estimated: false));
            }
        }
    }

    /// <summary>The client went away: the turn is being cancelled, and its end will not be read.</summary>
    public void Leave()
    {
        if (!_ended)
        {
            _ended = true;
            witness.Ended(Event(Estimate(), null, cancelled: true, estimated: true));
        }
    }

    /// <summary>It is gone with its silo.</summary>
    public void Lose()
    {
        if (!_ended)
        {
            _ended = true;
            witness.Lost(Event(Estimate(), TurnErrorKind.Interrupted, cancelled: false, estimated: true));
        }

        witness.SiloLost();
    }

    private TokenUsage Estimate() => new(accepted.PromptTokens, _bytes / BytesPerToken, 0);

    // A stored turn reports its own end too, at any later time: when its conversation is next used.
    private UsageEvent Event(TokenUsage usage, TurnErrorKind? error, bool cancelled, bool estimated) =>
        new(
            accepted.ResponseId,
            plan.ClientKeyId,
            plan.Route,
            _serving?.Account,
            accepted.CreatedAt,
            usage,
            error,
            estimated,
            _firstText,
            time.GetElapsedTime(_startedAt),
            IsFromOutbox: plan.ConversationId is not null,
            cancelled,
            _serving is { Account: { } account } ? [.. _serving.EarlierCalls ?? [], account] : null
        );
}
