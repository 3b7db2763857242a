using FlowGpt.Grains.Interfaces.Keys;

namespace FlowGpt.ApiFrontend.Keys;

/// <summary>What could be learnt about a key id.</summary>
/// <param name="IsKnown">False: the cluster did not answer in time, and nothing may be concluded.</param>
/// <param name="Access">What the key may do; null when there is no such key.</param>
internal readonly record struct ApiKeyLookup(bool IsKnown, ApiKeyAccess? Access);
