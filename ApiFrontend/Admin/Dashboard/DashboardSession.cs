using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace FlowGpt.ApiFrontend.Admin.Dashboard;

/// <summary>
/// What a browser holds instead of the admin key: an end time, authenticated (HMAC-SHA256) with a key made of the admin key. Every frontend
/// with the same admin key accepts it, nothing is stored, and another admin key ends all sessions.
/// </summary>
internal sealed class DashboardSession(string adminKey)
{
    /// <summary>How long a session lasts.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(8);

    private readonly byte[] _key = HMACSHA256.HashData(Encoding.UTF8.GetBytes(adminKey), "flowgpt orleans dashboard session"u8);

    /// <summary>A session that begins now.</summary>
    public string Begin(DateTimeOffset now)
    {
        var end = (now + Lifetime).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $"{end}.{Convert.ToHexStringLower(Sign(end))}";
    }

    /// <summary>Whether a session was made here and has not ended.</summary>
    public bool IsValid(string? session, DateTimeOffset now)
    {
        if (session?.Split('.') is not [var end, var mark] || mark.Length != 2 * HMACSHA256.HashSizeInBytes)
        {
            return false;
        }

        Span<byte> presented = stackalloc byte[HMACSHA256.HashSizeInBytes];
        return Convert.FromHexString(mark, presented, out _, out _) == System.Buffers.OperationStatus.Done
            && CryptographicOperations.FixedTimeEquals(presented, Sign(end))
            && long.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds > now.ToUnixTimeSeconds();
    }

    private byte[] Sign(string end) => HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(end));
}
