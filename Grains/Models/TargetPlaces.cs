using System.IO.Hashing;
using System.Runtime.InteropServices;

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
        var hash = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(requestId.AsSpan()), index);
        // 53 bits, never 0: the logarithm is finite.
        var uniform = ((hash >> 11) + 1) * (1.0 / (1L << 53));
        return -Math.Log(uniform) * (1.0 + Math.Max(load, 0)) / Math.Max(weight, 1);
    }
}
