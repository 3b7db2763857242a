using FlowGpt.Grains.Usage;

namespace FlowGpt.Tests.Unit.Usage;

public sealed class UsageTableBoundTests
{
    [Fact]
    public void Cell_MoreAccountsThanAreToldApart_AreSummedTogether_AndTheRecordStaysSmall()
    {
        var table = new UsageTable();
        for (var i = 0; i < 20_000; i++)
        {
            table.Cell("model", $"account-{i}").PromptTokens++;
        }

        Assert.Equal(UsageTable.MostCells + 1, table.Cells.Count);
        Assert.Equal(20_000 - UsageTable.MostCells, table.Cell("model", UsageTable.Others).PromptTokens);
        Assert.Equal(20_000, table.Totals().PromptTokens);
        Assert.True(UsageTableFormat.Write(table).Length < 512 * 1024);
    }
}
