namespace FlowGpt.Tests;

public sealed class PlaceholderTests
{
    [Fact]
    public void A() => Assert.True(true);
}
