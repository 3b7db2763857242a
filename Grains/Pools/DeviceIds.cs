using System.Security.Cryptography;

namespace FlowGpt.Grains.Pools;

/// <summary>Makes device ids as the upstream's own clients do: 21 characters of the nanoid alphabet.</summary>
internal static class DeviceIds
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    private const int Length = 21;

    public static string New() => RandomNumberGenerator.GetString(Alphabet, Length);
}
