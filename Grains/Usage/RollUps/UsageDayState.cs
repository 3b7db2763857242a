namespace FlowGpt.Grains.Usage.RollUps;

/// <summary>Which ledgers of a day may hold more than its roll-up has on disk.</summary>
[GenerateSerializer, Alias("flowgpt.UsageDayState")]
internal sealed class UsageDayState
{
    /// <summary>The keys of the ledgers that opened and have not taken leave.</summary>
    [Id(0)]
    public List<string> Open { get; set; } = [];
}
