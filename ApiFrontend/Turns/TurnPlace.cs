using FlowGpt.Grains.Interfaces.Conversations;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Turns;

/// <summary>Where a turn runs.</summary>
/// <param name="Grain">Whom to ask.</param>
/// <param name="Slot">Which of this process' hosts that is; null for a grain that the turn belongs to.</param>
internal readonly record struct TurnPlace(ITurnGrain Grain, int? Slot);
