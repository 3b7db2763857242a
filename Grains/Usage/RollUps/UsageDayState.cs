namespace FlowGpt.Grains.Usage.RollUps;

/// <summary>Which ledgers of a day may hold more than its roll-up has on disk, or a part of them.</summary>
[GenerateSerializer, Alias("flowgpt.UsageDayState")]
internal sealed class UsageDayState
{
    /// <summary>The keys of the ledgers that opened and have not taken leave.</summary>
    [Id(0)]
    public List<string> Open { get; set; } = [];

    /// <summary>In the first part of the list: how many further parts there are.</summary>
    [Id(1)]
    public int FurtherParts { get; set; }
}
