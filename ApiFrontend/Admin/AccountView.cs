using FlowGpt.Grains.Interfaces.Pools;

namespace FlowGpt.ApiFrontend.Admin;

/// <summary>One account as operators see it.</summary>
/// <param name="Pool">Its pool.</param>
/// <param name="Queued">Requests that wait in the pool.</param>
/// <param name="Account">Its live state.</param>
internal sealed record AccountView(string Pool, int Queued, AccountSnapshot Account);
