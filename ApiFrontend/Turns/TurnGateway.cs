using FlowGpt.ApiFrontend.Calls;
using FlowGpt.ApiFrontend.Usage;
using FlowGpt.Grains.Interfaces.Turns;
using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Turns;

/// <summary>Where every dialect's requests become turns of the cluster. Thread-safe.</summary>
internal sealed class TurnGateway
{
    private readonly TurnRouter _router;
    private readonly AddressKeyCache _keys;
    private readonly TimeProvider _time;
    private readonly IUsageWitness _witness;
    private readonly FailoverLimits _limits;
    private readonly ILogger<TurnGateway> _logger;
    private readonly ILocalTurns? _locals;

    public TurnGateway(
        TurnRouter router,
        AddressKeyCache keys,
        TimeProvider time,
        IUsageWitness witness,
        ResponseDrain drain,
        SiloLosses losses,
        IOptions<FrontendOptions> options,
        ILogger<TurnGateway> logger,
        ILocalTurns? locals = null
    )
    {
        _router = router;
        _keys = keys;
        _time = time;
        _witness = witness;
        _limits = new FailoverLimits(options.Value.StartWithin, options.Value.LostAfter, losses, drain.Leaving);
        _logger = logger;
        _locals = locals;
    }

    /// <summary>One turn, not started yet.</summary>
    /// <param name="plan">The turn.</param>
    /// <param name="aborted">The client's connection.</param>
    public TurnFollower Open(TurnPlan plan, CancellationToken aborted) =>
        new(_router, _keys, _time, plan, _limits, _logger, _witness, _locals, aborted);

    /// <summary>An id for a response of a turn that is not started; null when the cluster does not answer.</summary>
    public async ValueTask<string?> MintAsync(TurnPlan plan, CancellationToken aborted) =>
        await _keys.LoadAsync(_limits.StartWithin, aborted) ? _router.For(plan).ResponseId : null;

    /// <summary>Notifies a started turn when its client disconnects, if <see cref="TurnPlan.CancelOnDisconnect"/> says so.</summary>
    public DisconnectWatch Watch(TurnFollower follower, TurnPlan plan, CancellationToken aborted) =>
        new(follower, plan.CancelOnDisconnect, _time, aborted);
}
