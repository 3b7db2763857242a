namespace FlowGpt.Tests.Process.Faults;

/// <summary>One of the soak's faults.</summary>
/// <param name="Kind">The kind of fault.</param>
/// <param name="Number">The process of the kind, counted from 0.</param>
/// <param name="LongestWait">How many requests end before the fault is healed.</param>
internal readonly record struct SoakFault(SoakFaultKind Kind, int Number, int LongestWait)
{
    /// <summary>An endless sequence of faults: the same for the same seed, independent of how long each takes and of its effects.</summary>
    /// <param name="seed">The seed of the sequence.</param>
    /// <param name="silos">How many silos there are.</param>
    /// <param name="frontends">How many API processes.</param>
    public static IEnumerable<SoakFault> InOrderOf(int seed, int silos, int frontends)
    {
        var random = new Random(seed);
        var kinds = Enum.GetValues<SoakFaultKind>();
        while (true)
        {
            var (silo, frontend) = (random.Next(silos), random.Next(frontends));
            var kind = kinds[random.Next(kinds.Length)];
            var number = kind switch
            {
                SoakFaultKind.KillSilo or SoakFaultKind.StopSilo or SoakFaultKind.FreezeSilo => silo,
                SoakFaultKind.KillFrontend or SoakFaultKind.StopFrontend => frontend,
                _ => 0,
            };
            yield return new SoakFault(kind, number, random.Next(5, 30));
        }
    }
}
