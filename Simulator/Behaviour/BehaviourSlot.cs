namespace FlowGpt.Simulator.Behaviour;

/// <summary>The settings of one scope (everything, or one account), and what is left of its faults. Safe to use from many threads.</summary>
internal sealed class BehaviourSlot
{
    private static readonly BehaviourSettings Nothing = new();

    private readonly Lock _gate = new();
    private BehaviourSettings _settings = Nothing;
    private (FaultSettings Fault, int Left)[] _faults = [];

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
                var faults = value.Fault is { } first ? [first, .. value.Faults ?? []] : value.Faults ?? [];
                _faults = [.. faults.Select(fault => (fault, fault.Times ?? int.MaxValue))];
            }
        }
    }

    public bool IsEmpty => ReferenceEquals(Settings, Nothing);

    /// <summary>This scope's fault for one more request: null when none concerns it, or when those that do are spent.</summary>
    public FaultSettings? TakeFault(in FaultTarget target)
    {
        lock (_gate)
        {
            for (var i = 0; i < _faults.Length; i++)
            {
                var (fault, left) = _faults[i];
                if (left > 0 && fault.Concerns(target))
                {
                    _faults[i].Left -= fault.Times is null ? 0 : 1;
                    return fault;
                }
            }

            return null;
        }
    }
}
