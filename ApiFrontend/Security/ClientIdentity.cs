namespace FlowGpt.ApiFrontend.Security;

/// <summary>Who calls.</summary>
/// <param name="KeyId">The key's id: an opaque name that may appear in logs, metrics and grain keys, never the key itself.</param>
public sealed record ClientIdentity(string KeyId);
