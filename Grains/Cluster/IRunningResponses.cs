namespace FlowGpt.Grains.Cluster;

/// <summary>The responses that are being generated on this silo, for code that counts or stops them and knows nothing else of turns. Thread-safe.</summary>
internal interface IRunningResponses
{
    /// <summary>Responses in flight.</summary>
    int Count { get; }

    /// <summary>Stops all responses in flight because this silo has lost contact with its cluster.</summary>
    void StopForLostContact();
}
