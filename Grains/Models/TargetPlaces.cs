namespace FlowGpt.Grains.Models;

/// <summary>Where a target stands in the random sequence of one request. Pure.</summary>
internal static class TargetPlaces
{
    /// <summary>
    /// A number that is smaller the earlier the target is tried. The numbers of a request's targets are exponentially distributed with the
    /// rate weight / (1 + load), so a target is first with a probability in proportion to its rate.
    /// </summary>
    /// <param name="requestId">The request.</param>
    /// <param name="index">The target's position in its route.</param>
    /// <param name="weight">The target's weight, at least 1.</param>
    /// <param name="load">Calls that its pool has in flight and waiting, at least 0.</param>
    public static double Of(string requestId, int index, int weight, int load)
    {
        var hash = Hash(requestId, index);
        // 53 bits, never 0: the logarithm is finite.
        var uniform = ((hash >> 11) + 1) * (1.0 / (1L << 53));
        return -Math.Log(uniform) * (1.0 + Math.Max(load, 0)) / Math.Max(weight, 1);
    }

    // FNV-1a, then the finaliser of SplitMix64, which spreads the last characters over all bits.
    private static ulong Hash(string text, int index)
    {
        var hash = 14695981039346656037UL ^ (uint)index;
        foreach (var character in text)
        {
            hash = unchecked((hash ^ character) * 1099511628211UL);
        }

        hash = unchecked((hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9UL);
        hash = unchecked((hash ^ (hash >> 27)) * 0x94D049BB133111EBUL);
        return hash ^ (hash >> 31);
    }
}
