namespace FlowGpt.Tests.Process.Faults;

/// <summary>One of the soak's faults.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Number">To which process of its kind, counted from 0.</param>
/// <param name="LongestWait">How many requests end before it is healed.</param>
internal readonly record struct SoakFault(SoakFaultKind Kind, int Number, int LongestWait)
{
    /// <summary>An endless order of faults: the same for the same seed, however long each takes and whatever it does.</summary>
    /// <param name="seed">Of the order.</param>
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
