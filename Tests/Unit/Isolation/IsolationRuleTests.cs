using FlowGpt.Grains.Isolation;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Isolation;

public sealed class IsolationRuleTests
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan FenceAfter = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private readonly IsolationRule _rule = new(FenceAfter, Longest, 2 * Step);
    private TimeSpan _now = TimeSpan.FromHours(1);

    [Fact]
    public void IsIsolated_WhileTheTableAnswers_IsFalseHoweverSilentTheOthersAre()
    {
        Run(TimeSpan.FromMinutes(1), ["b", "c"], asked => _rule.HeardFromTable(asked));

        Assert.False(_rule.IsIsolated(_now));
    }

    [Fact]
    public void IsIsolated_OfTheOnlySilo_IsFalseHoweverSilentTheTableIs()
    {
        Run(TimeSpan.FromMinutes(1), [], _ => { });

        Assert.False(_rule.IsIsolated(_now));
    }

    [Fact]
    public void IsIsolated_WhileAllOthersAnswer_IsFalseHoweverSilentTheTableIs()
    {
        Run(TimeSpan.FromMinutes(1), ["b", "c"], asked => Hear(asked, "b", "c"));

        Assert.False(_rule.IsIsolated(_now));
    }

    [Theory]
    [InlineData("b")]
    [InlineData("b", "c")]
    public void IsIsolated_OnceNobodyHasAnsweredForThatLong_IsTrueAndNotSooner(params string[] others)
    {
        Run(TimeSpan.FromMinutes(1), others, asked => _rule.HeardFromTable(asked));
        var cut = _now;

        while (_now - cut < FenceAfter - Step)
        {
            Run(Step, others, _ => { });
            Assert.False(_rule.IsIsolated(_now));
        }

        Run(2 * Step, others, _ => { });
        Assert.True(_rule.IsIsolated(_now));
    }

    [Fact]
    public void IsIsolated_OfAGroupWithoutTheTable_IsTrueOnceOneOfTheOthersIsSilent()
    {
        Run(FenceAfter + Step, ["b", "c"], asked => Hear(asked, "b"));

        Assert.True(_rule.IsIsolated(_now));
    }

    [Fact]
    public void IsIsolated_WhenTheSilentOneHasEnded_IsFalseWhileAnotherAnswers()
    {
        Run(
            TimeSpan.FromMinutes(1),
            ["b", "c"],
            asked =>
            {
                Hear(asked, "b");
                _rule.Gone("c", asked);
            }
        );

        Assert.False(_rule.IsIsolated(_now));
    }

    [Fact]
    public void IsIsolated_WhenAllOthersSeemToHaveEnded_IsTrueSinceNobodyIsHeard()
    {
        Run(
            FenceAfter + Step,
            ["b", "c"],
            asked =>
            {
                _rule.Gone("b", asked);
                _rule.Gone("c", asked);
            }
        );

        Assert.True(_rule.IsIsolated(_now));
    }

    [Fact]
    public void IsIsolated_WhenTheTableAnswersAgain_IsFalseAtOnce()
    {
        Run(TimeSpan.FromSeconds(30), ["b"], _ => { });
        Assert.True(_rule.IsIsolated(_now));

        _rule.HeardFromTable(_rule.Tick(_now, ["b"]));

        Assert.False(_rule.IsIsolated(_now));
    }

    [Fact]
    public void IsIsolated_OnceCondemned_IsTrueWhoeverAnswers()
    {
        Run(Step, ["b"], asked => _rule.HeardFromTable(asked));

        _rule.Condemn();
        Run(TimeSpan.FromMinutes(1), ["b"], asked => _rule.HeardFromTable(asked));

        Assert.True(_rule.IsIsolated(_now));
    }

    [Theory]
    [InlineData]
    [InlineData("b")]
    public void IsIsolated_OfAProcessThatWasFrozen_IsTrueFromItsWakingUntilItHearsOfItself(params string[] others)
    {
        Run(Step, others, asked => _rule.HeardFromTable(asked));
        var before = _rule.Tick(_now, others);
        _now += Longest + TimeSpan.FromMilliseconds(1);

        // Before its watch has run once.
        Assert.True(_rule.IsIsolated(_now));

        var woken = _rule.Tick(_now, others);
        _rule.HeardFromTable(before);
        Assert.True(_rule.IsIsolated(_now));

        _rule.HeardFromTable(woken);
        Assert.False(_rule.IsIsolated(_now));
    }

    [Fact]
    public void IsIsolated_OfAWatchThatRunsSeldom_CountsOnlyTheTimeInWhichItCouldHear()
    {
        Run(Step, ["b"], asked => _rule.HeardFromTable(asked));

        // One step on a machine without free processor time, longer than the longest allowed silence.
        _now += FenceAfter + Step;
        _rule.Tick(_now, ["b"]);

        Assert.False(_rule.IsIsolated(_now));
    }

    [Property]
    public Property IsIsolated_FromTheLongestSilenceAfterACutOn_IsTrueHoweverTheWatchRuns() =>
        Prop.ForAll(
            Gen.Choose(0, 7000).ListOf().ToArbitrary(),
            Gen.Choose(1, 3).ToArbitrary(),
            (steps, count) =>
            {
                var rule = new IsolationRule(FenceAfter, Longest, 2 * Step);
                var others = Enumerable.Range(0, count).Select(static number => $"{number}").ToArray();
                var now = TimeSpan.FromSeconds(5);
                rule.HeardFromTable(rule.Tick(now, others));
                var cut = now;
                foreach (var step in steps)
                {
                    now += TimeSpan.FromMilliseconds(step);
                    if (now - cut > Longest && !rule.IsIsolated(now))
                    {
                        return false;
                    }

                    rule.Tick(now, others);
                    if (now - cut > Longest && !rule.IsIsolated(now))
                    {
                        return false;
                    }
                }

                return true;
            }
        );

    private void Run(TimeSpan time, string[] others, Action<Moment> hear)
    {
        for (var end = _now + time; _now < end; )
        {
            _now += Step;
            hear(_rule.Tick(_now, others));
        }
    }

    private void Hear(Moment asked, params string[] others)
    {
        foreach (var other in others)
        {
            _rule.HeardFrom(other, asked);
        }
    }
}
