using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Turns;

/// <summary>Where a turn runs.</summary>
/// <param name="Grain">Whom to ask.</param>
/// <param name="Slot">Which of this process' hosts that is; null for a grain that the turn belongs to.</param>
/// <param name="ResponseId">A new id, which holds the address of the place.</param>
internal readonly record struct TurnPlace(ITurnGrain Grain, int? Slot, string ResponseId);
