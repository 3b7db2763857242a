namespace FlowGpt.Grains.Interfaces.Turns;

/// <summary>How far a response is.</summary>
[GenerateSerializer]
public enum ResponseStatus
{
    /// <summary>Accepted; no text yet.</summary>
    Queued = 0,

    /// <summary>Text has come and more may.</summary>
    Running = 1,

    /// <summary>Ended as it should.</summary>
    Completed = 2,

    /// <summary>Ended with an error; the text until then is kept.</summary>
    Failed = 3,

    /// <summary>Stopped by the caller.</summary>
    Cancelled = 4,

    /// <summary>Not known here: never started, or lost with its silo.</summary>
    Unknown = 5,
}
