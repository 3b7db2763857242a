namespace FlowGpt.Grains.Usage.RollUps;

/// <summary>The reports of the ledgers of one hour. A separate record for each hour, so that only the hours that change are written.</summary>
[GenerateSerializer, Alias("flowgpt.UsageHourState")]
internal sealed class UsageHourState
{
    /// <summary>By client key.</summary>
    [Id(0)]
    public Dictionary<string, RolledLedger> Ledgers { get; set; } = [];

    /// <summary>In the first part of an hour: how many further parts there are.</summary>
    [Id(1)]
    public int FurtherParts { get; set; }
}
