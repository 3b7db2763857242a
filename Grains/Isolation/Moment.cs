namespace FlowGpt.Grains.Isolation;

/// <summary>A time, as the watch for contact sees it.</summary>
/// <param name="Real">Monotonic, since any fixed instant.</param>
/// <param name="Awake">The same without the time in which the watch itself did not run: nothing can be heard then.</param>
internal readonly record struct Moment(TimeSpan Real, TimeSpan Awake);
