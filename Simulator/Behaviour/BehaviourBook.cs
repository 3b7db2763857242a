namespace FlowGpt.Simulator.Behaviour;

/// <summary>Decides the behaviour of one request: the request's own settings, else its account's, else the global ones.</summary>
internal sealed class BehaviourBook
{
    private static readonly FaultSettings NoFault = new();

    private readonly BehaviourSlot _global = new();
    private volatile ReplyBehaviour _globalReply = new(new BehaviourSettings());

    public BehaviourSettings Global
    {
        get => _global.Settings;
        set
        {
            _global.Settings = value;
            _globalReply = new ReplyBehaviour(value);
        }
    }

    public ReplyBehaviour Resolve(BehaviourSlot account, BehaviourSettings? request)
    {
        if (request is null && account.IsEmpty)
        {
            return _globalReply;
        }

        var wider = account.Settings.Over(_global.Settings);
        return new ReplyBehaviour(request is null ? wider : request.Over(wider));
    }

    /// <summary>The fault this request meets. Only the scope that provides it spends one of its times.</summary>
    public FaultSettings TakeFault(BehaviourSlot account, BehaviourSettings? request, in FaultTarget target) =>
        request?.Fault ?? account.TakeFault(target) ?? _global.TakeFault(target) ?? NoFault;
}
