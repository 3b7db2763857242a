namespace FlowGpt.Grains.Reservations;

/// <summary>An amount used at an instant.</summary>
/// <param name="At">When; never before the upstream counted it.</param>
/// <param name="Amount">Requests or tokens.</param>
internal readonly record struct WindowUse(DateTimeOffset At, long Amount);
