namespace FlowGpt.Tests.Process.Faults;

/// <summary>A seed that made the soak fail must give the same order of faults again.</summary>
public sealed class SoakFaultTests
{
    [Fact]
    public void Order_OfASeed_IsTheSameEachTimeAndHasEveryFault()
    {
        var order = Order(7);

        Assert.Equal(order, Order(7));
        Assert.NotEqual(order, Order(8));
        Assert.Equal(Enum.GetValues<SoakFaultKind>(), order.Select(static fault => fault.Kind).Distinct().Order());
    }

    private static List<SoakFault> Order(int seed) => [.. SoakFault.InOrderOf(seed, silos: 3, frontends: 2).Take(100)];
}
