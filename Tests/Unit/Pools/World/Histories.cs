using FsCheck;
using FsCheck.Fluent;

namespace FlowGpt.Tests.Unit.Pools.World;

/// <summary>Generates histories.</summary>
public static class Histories
{
    public static Arbitrary<Step[]> Any() => Steps(crashes: true, Enum.GetValues<Ending>()).ToShrinkable();

    internal static Gen<Step[]> Steps(bool crashes, Ending[] endings, int mostShare = 100)
    {
        var ask =
            from key in Gen.Choose(0, 3)
            from tokens in Gen.Choose(0, 400)
            from maxWait in Gen.Elements(0, 500, 20_000, 120_000)
            from fate in Fates(endings, mostShare)
            select (Step)new Step.Ask(key, tokens, maxWait, fate);
        var burst = ask.ListOf(12).Select(asks => asks.ToArray());
        var pass = Gen.Elements(1, 40, 700, 5_000, 31_000, 61_000, 200_000).Select(time => new Step[] { new Step.Pass(time) });
        var crash =
            from down in Gen.Elements(0, 5, 1_500, 40_000, 90_000)
            from twin in Gen.Elements(true, false)
            select new Step[] { new Step.Crash(down, twin) };
        var move = Gen.Elements(0, 20, 3_000, 70_000).Select(down => new Step[] { new Step.Move(down) });
        var storage =
            from latency in Gen.Elements(0, 3, 250, 4_000)
            from fail in Gen.Elements(0, 0, 1, 3)
            from afterCommit in Gen.Elements(true, false)
            select new Step[] { new Step.Storage(latency, fail, afterCommit) };
        var quiet = Gen.Frequency((6, burst), (6, pass));
        var any = crashes ? Gen.Frequency((12, quiet), (1, crash), (1, move), (1, storage)) : quiet;
        return any.ListOf().Select(parts => parts.SelectMany(part => part).ToArray());
    }

    /// <summary>A failing history is shortened by leaving out smaller and smaller parts.</summary>
    internal static Arbitrary<Step[]> ToShrinkable(this Gen<Step[]> steps) => Arb.From(steps, Shorter);

    private static IEnumerable<Step[]> Shorter(Step[] steps)
    {
        for (var part = steps.Length; part > 0; part /= 2)
        {
            for (var from = 0; from < steps.Length; from += part)
            {
                yield return [.. steps[..from], .. steps[Math.Min(from + part, steps.Length)..]];
            }
        }
    }

    private static Gen<Fate> Fates(Ending[] endings, int mostShare) =>
        from ending in Gen.Frequency((3, Gen.Constant(endings[0])), (2, Gen.Elements(endings)))
        from send in Gen.Elements(0, 1, 30, 900, 6_000, 25_000)
        from answer in Gen.Elements(0, 5, 800, 4_000)
        from length in Gen.Elements(0, 10, 2_000, 45_000, 150_000)
        from share in Gen.Choose(0, mostShare)
        select new Fate(ending, send, answer, length, share);
}
