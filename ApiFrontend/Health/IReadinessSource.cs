namespace FlowGpt.ApiFrontend.Health;

/// <summary>
/// One reason why this process may not be ready for traffic. Register any number; <c>/health/ready</c> answers 200 only when
/// all agree. Thread-safe; answers from memory, without I/O.
/// </summary>
public interface IReadinessSource
{
    /// <summary>A short name, e.g. <c>silo</c>.</summary>
    string Name { get; }

    /// <summary>Null when ready, else why not, in a few words and without secrets.</summary>
    string? NotReadyBecause { get; }
}
