using FsCheck;
using FsCheck.Fluent;

namespace FlowGpt.Tests.Unit.Keys;

/// <summary>Generates histories of a key.</summary>
public static class KeyHistories
{
    public static Arbitrary<KeyStep[]> Any() => Arb.From(Steps(), Shorter);

    private static Gen<KeyStep[]> Steps()
    {
        var ask =
            from count in Gen.Choose(1, 6)
            from prompt in Gen.Elements(0, 1, 20, 150, 600)
            from reply in Gen.Elements(1, 50, 200, 1000)
            select (KeyStep)new KeyStep.Ask(count, prompt, reply);
        var end =
            from which in Gen.Choose(0, 20)
            from percent in Gen.Elements<int?>(null, 0, 10, 60, 100)
            select (KeyStep)new KeyStep.End(which, percent);
        var repeat = Gen.Choose(0, 20).Select(which => (KeyStep)new KeyStep.Repeat(which));
        var pass = Gen.Elements(1, 200, 5_000, 29_000, 61_000, 600_000, 43_000_000).Select(time => (KeyStep)new KeyStep.Pass(time));
        var write =
            from committed in Gen.Frequency((4, Gen.Constant(true)), (1, Gen.Constant(false)))
            from answered in Gen.Frequency((4, Gen.Constant(true)), (1, Gen.Constant(false)))
            select (KeyStep)new KeyStep.EndWrite(committed, answered);
        var crash =
            from committed in Gen.Elements(true, false)
            from down in Gen.Elements(0, 500, 20_000, 70_000)
            select (KeyStep)new KeyStep.Crash(committed, down);
        var move = Gen.Elements(0, 500, 70_000).Select(down => (KeyStep)new KeyStep.Move(down));
        var dies = Gen.Constant((KeyStep)new KeyStep.HolderDies());
        return Gen.Frequency((8, ask), (8, end), (2, repeat), (4, pass), (8, write), (1, crash), (1, move), (1, dies))
            .ListOf()
            .Select(steps => steps.ToArray());
    }

    private static IEnumerable<KeyStep[]> Shorter(KeyStep[] steps)
    {
        for (var part = steps.Length; part > 0; part /= 2)
        {
            for (var from = 0; from < steps.Length; from += part)
            {
                yield return [.. steps[..from], .. steps[Math.Min(from + part, steps.Length)..]];
            }
        }
    }
}
