namespace FlowGpt.Simulator.Behaviour;

/// <summary>The settings of one scope (everything, or one account), and what is left of its fault. Safe to use from many threads.</summary>
internal sealed class BehaviourSlot
{
    private static readonly BehaviourSettings Nothing = new();

    private readonly Lock _gate = new();
    private BehaviourSettings _settings = Nothing;
    private int _faultsLeft;

    public BehaviourSettings Settings
    {
        get
        {
            lock (_gate)
            {
                return _settings;
            }
        }
        set
        {
            lock (_gate)
            {
                _settings = value == Nothing ? Nothing : value;
                _faultsLeft = value.Fault?.Times ?? int.MaxValue;
            }
        }
    }

    public bool IsEmpty => ReferenceEquals(Settings, Nothing);

    /// <summary>This scope's fault for one more request: null when there is none, or when it is spent.</summary>
    public FaultSettings? TakeFault(FaultRoute route)
    {
        lock (_gate)
        {
            if (_settings.Fault is not { } fault || _faultsLeft == 0 || !fault.Concerns(route))
            {
                return null;
            }

            if (fault.Times is not null)
            {
                _faultsLeft--;
            }

            return fault;
        }
    }
}
