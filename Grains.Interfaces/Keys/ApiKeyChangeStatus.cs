namespace FlowGpt.Grains.Interfaces.Keys;

/// <summary>Whether a key was changed.</summary>
[GenerateSerializer]
public enum ApiKeyChangeStatus
{
    /// <summary>It is as asked for, and durable.</summary>
    Done = 0,

    /// <summary>There is no such key.</summary>
    NotFound = 1,

    /// <summary>It was revoked, which is final.</summary>
    Revoked = 2,

    /// <summary>Another change came first: read the key again.</summary>
    Conflict = 3,
}
