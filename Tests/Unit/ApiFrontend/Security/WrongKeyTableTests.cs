using FlowGpt.ApiFrontend.Security;

namespace FlowGpt.Tests.Unit.ApiFrontend.Security;

public sealed class WrongKeyTableTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private readonly WrongKeyTable<string> _table = new(free: 3, TimeSpan.FromSeconds(0.5), most: 100);

    [Fact]
    public void Enter_FewWrong_WaitsForNothing()
    {
        Wrong("a", 3);

        Assert.Equal(TimeSpan.Zero, _table.Enter("a", Now, LongestWait));
    }

    [Fact]
    public void Enter_MoreWrong_WaitsForTwiceAsLongEachTimeUpToAMinute()
    {
        Wrong("a", 3);
        foreach (var seconds in (double[])[0.5, 1, 2, 4, 8, 16, 32, 60, 60])
        {
            Wrong("a", 1);
            Assert.Equal(TimeSpan.FromSeconds(seconds), _table.Enter("a", Now, TimeSpan.Zero));
        }
    }

    [Fact]
    public void Enter_ManyAtOnce_HaveTheirTurnsOneAfterTheOther()
    {
        Wrong("a", 4);

        var waits = Enumerable.Range(0, 6).Select(_ => _table.Enter("a", Now, LongestWait).TotalSeconds);

        Assert.Equal([0.5, 1, 1.5, 2, 2.5, 2.5], waits);
    }

    [Fact]
    public void Enter_AnotherAddress_WaitsForNothing()
    {
        Wrong("a", 50);

        Assert.Equal(TimeSpan.Zero, _table.Enter("b", Now, LongestWait));
    }

    [Fact]
    public void Enter_AfterAWhile_IsForgiven()
    {
        Wrong("a", 50);

        var later = Now + WrongKeyTable<string>.Memory + TimeSpan.FromSeconds(1);

        Assert.Equal(TimeSpan.Zero, _table.Enter("a", later, LongestWait));
        _table.Wrong("a", later);
        Assert.Equal(TimeSpan.Zero, _table.Enter("a", later, LongestWait));
    }

    [Fact]
    public void Wrong_FromManyAddresses_IsBoundedAndForgetsTheQuietest()
    {
        for (var i = 0; i < 1000; i++)
        {
            _table.Wrong($"{i}", Now.AddSeconds(i));
        }

        Assert.Equal(100, _table.Count);
        for (var i = 0; i < 3; i++)
        {
            _table.Wrong("999", Now.AddSeconds(1000));
        }

        Assert.NotEqual(TimeSpan.Zero, _table.Enter("999", Now.AddSeconds(1000), LongestWait));
    }

    private void Wrong(string address, int times)
    {
        for (var i = 0; i < times; i++)
        {
            _table.Wrong(address, Now);
        }
    }
}
