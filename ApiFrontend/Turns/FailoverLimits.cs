using FlowGpt.ApiFrontend.Calls;

namespace FlowGpt.ApiFrontend.Turns;

/// <summary>How long a turn is looked after when the cluster does not answer.</summary>
/// <param name="StartWithin">Its start is repeated for this long (<see cref="FrontendOptions.StartWithin"/>).</param>
/// <param name="LostAfter">A response whose silo has not answered for this long is lost (<see cref="FrontendOptions.LostAfter"/>).</param>
/// <param name="Losses">Reports lost silos: what has no answer then is asked again.</param>
/// <param name="Leaving">Ends when this process can wait for responses no longer: each then ends with an error.</param>
internal sealed record FailoverLimits(TimeSpan StartWithin, TimeSpan LostAfter, SiloLosses Losses, CancellationToken Leaving);
