using FlowGpt.Grains.Interfaces.Pools;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Blame;

/// <summary>Worlds in which the true fault is known: only the faulty account, request or upstream may be blamed.</summary>
public sealed class BlamePropertyTests
{
    private const int HowManySeeds = 12;

    /// <summary>The breaker's longest delay, and the time to repeat a probe that was a bad request.</summary>
    private static readonly TimeSpan LongestOpen = TimeSpan.FromSeconds(75);

    public static TheoryData<string, BlameTruth> Worlds()
    {
        var data = new TheoryData<string, BlameTruth>();
        void Add(string name, Sickness[] accounts, int poisoned = 0, int deadly = 0, Outage outage = Outage.None, int burst = 64)
        {
            for (var seed = 1; seed <= HowManySeeds; seed++)
            {
                data.Add(name, new(accounts, poisoned, deadly, outage, burst, seed));
            }
        }

        Sickness[] healthy = [Sickness.None, Sickness.None, Sickness.None, Sickness.None];
        Add("nothing wrong", healthy);
        Add("poisoned requests", healthy, poisoned: 30);
        Add("deadly requests", healthy, deadly: 20);
        Add("one account refuses all", [Sickness.None, Sickness.RefusesAll, Sickness.None, Sickness.None]);
        Add("two accounts refuse all", [Sickness.RefusesAll, Sickness.RefusesAll, Sickness.None, Sickness.None]);
        Add("one account of two refuses all", [Sickness.RefusesAll, Sickness.None]);
        Add("tokens refused", [Sickness.Unauthorized, Sickness.None, Sickness.None, Sickness.Unauthorized]);
        Add("credit used up", [Sickness.None, Sickness.OutOfCredit, Sickness.None]);
        Add("a model missing", [Sickness.None, Sickness.LacksAModel, Sickness.None, Sickness.None]);
        Add("random refusals", [Sickness.None, Sickness.RefusesAtRandom, Sickness.None, Sickness.None]);
        Add("one account fails", [Sickness.None, Sickness.Fails, Sickness.None, Sickness.None]);
        Add("the upstream fails", healthy, outage: Outage.Fails);
        Add("the upstream refuses tokens", healthy, outage: Outage.Unauthorized);
        Add("wrong clock", healthy, outage: Outage.RefusesAll);
        Add("poison and a sick account", [Sickness.None, Sickness.RefusesAll, Sickness.None, Sickness.None], poisoned: 30);
        Add(
            "poison and half the accounts sick",
            [Sickness.None, Sickness.None, Sickness.RefusesAll, Sickness.Fails],
            poisoned: 15,
            burst: 0
        );
        Add(
            "poison and half the credit used up",
            [Sickness.None, Sickness.None, Sickness.OutOfCredit, Sickness.OutOfCredit],
            poisoned: 15,
            deadly: 5
        );
        data.Add(
            "a probe meets a sick account that was probed in the outage",
            new([Sickness.None, Sickness.None, Sickness.None, Sickness.OutOfCredit], 15, 5, Outage.Fails, 16, 56038)
        );
        data.Add(
            "requests that waited for the breaker are shared out at one time",
            new(
                [Sickness.None, Sickness.None, Sickness.None, Sickness.None, Sickness.RefusesAll, Sickness.OutOfCredit],
                Poisoned: 15,
                Deadly: 5,
                Outage.Fails,
                Burst: 0,
                Seed: 75197
            )
        );
        return data;
    }

    [Theory]
    [MemberData(nameof(Worlds))]
    public void World_KnownFault_BlameFallsOnNobodyElse(string name, BlameTruth truth)
    {
        Assert.NotEmpty(name);
        Judge(truth);
    }

    [Property(Arbitrary = [typeof(BlamePropertyTests)], MaxTest = 60)]
    public void World_AnyMixture_BlameFallsOnNobodyElse(BlameTruth truth) => Judge(truth);

    public static Arbitrary<BlameTruth> Mixtures() =>
        (
            from healthy in Gen.Choose(2, 4)
            from sick in Gen.Elements(Enum.GetValues<Sickness>()).ListOf(2)
            from poisoned in Gen.Elements(0, 5, 15)
            from deadly in Gen.Elements(0, 0, 5)
            from outage in Gen.Elements(Enum.GetValues<Outage>())
            from burst in Gen.Elements(0, 16, 64)
            from seed in Gen.Choose(1, 100_000)
            select new BlameTruth([.. Enumerable.Repeat(Sickness.None, healthy), .. sick], poisoned, deadly, outage, burst, seed)
        ).ToArbitrary();

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(64)]
    public void World_AKeyOfRefusedRequestsAlone_OthersHardlyWait(int abusers)
    {
        var truth = new BlameTruth([.. new Sickness[4]], Poisoned: 0, Deadly: 0, Outage.None, Burst: 0, Seed: 7) { Abusers = abusers };

        var world = new BlameWorld(truth).Run();

        var others = world.Turns.FindAll(static turn => turn.Request.Key != BlameWorld.AbusersKey);
        Assert.All(others, static turn => Assert.True(turn.IsServed, turn.ToString()));
        var waits = others.Select(static turn => turn.CalledAt!.Value - turn.BegunAt).Order().ToArray();
        Assert.True(waits[waits.Length / 2] < TimeSpan.FromSeconds(0.1), $"p50 {waits[waits.Length / 2]}");
        Assert.True(waits[^1] < TimeSpan.FromSeconds(2), $"longest {waits[^1]} p90 {waits[waits.Length * 9 / 10]}");
    }

    private static void Judge(BlameTruth truth)
    {
        var world = new BlameWorld(truth).Run();

        Assert.All(
            world.Turns,
            turn => Assert.True(turn.EndedAt > TimeSpan.Zero || turn.BegunAt == TimeSpan.Zero, $"{truth}: never ended: {turn}")
        );
        Assert.All(world.Turns.Where(IsHarmless), turn => Assert.True(turn.IsServed || IsExcused(truth, turn), $"{truth}: {turn}"));
        Assert.All(world.Turns.Where(static turn => !IsHarmless(turn)), turn => Assert.False(turn.IsServed, $"{truth}: {turn}"));
        for (var i = 0; i < truth.Accounts.Length; i++)
        {
            JudgeAccount(truth, world, i);
        }
    }

    private static void JudgeAccount(BlameTruth truth, BlameWorld world, int account)
    {
        var fair = world.LateCalls.Sum() / (double)truth.Accounts.Length;
        switch (truth.Accounts[account])
        {
            case Sickness.None:
                // The next request after a probe is due is the probe.
                Assert.True(
                    world.LongestOut[account] < TimeSpan.FromSeconds(4),
                    $"{truth}: {account} was out {world.LongestOut[account]} too long"
                );
                Assert.True(world.LateCalls[account] > fair / 3, $"{truth}: {account} had {world.LateCalls[account]} of {fair:0} calls");
                break;
            case Sickness.RefusesAll or Sickness.Unauthorized or Sickness.OutOfCredit when truth.Outage == Outage.None:
                Assert.True(world.LateCalls[account] < 20, $"{truth}: {account} had {world.LateCalls[account]} of {fair:0} calls");
                break;
            // When the breaker closes, all waiting requests are granted at one time, on the sick accounts too.
            case Sickness.Fails when truth.Outage == Outage.None:
                Assert.True(world.LateCalls[account] < fair / 2, $"{truth}: {account} had {world.LateCalls[account]} of {fair:0} calls");
                break;
        }
    }

    private static bool IsHarmless(TestTurn turn) => turn.Request is { IsPoisoned: false, IsDeadly: false };

    /// <summary>The request was tried on two accounts or more, all sick; or the upstream was broken while the request was tried or waited.</summary>
    private static bool IsExcused(BlameTruth truth, TestTurn turn) =>
        (turn.Met.Count >= 2 && turn.Met.TrueForAll(account => truth.IsSickFor(account, turn.Request)))
        || turn.MetOutage
        || (truth.Outage != Outage.None && turn.BegunAt < BlameTruth.OutageTo && turn.EndedAt > BlameTruth.OutageFrom)
        || (truth.Outage != Outage.None && turn.Rejected is not null && turn.BegunAt < BlameTruth.OutageTo + LongestOpen)
        || (turn.Rejected is { Reason: RejectReason.TooManyConvictions } && turn.Met.Count > 0);
}
