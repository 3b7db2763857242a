using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Text.Json;

namespace FlowGpt.Simulator.Tokens;

/// <summary>
/// Reads the claims of a bearer token. The signature part is not verified: the simulator does not hold the upstream's key, and it
/// has to accept whatever a test wants to call an account.
/// </summary>
internal sealed class TokenReader
{
    private const string Scheme = "Bearer ";
    private const int CacheCapacity = 4096;

    // A load test sends the same few tokens hundreds of thousands of times.
    private readonly ConcurrentDictionary<string, TokenClaims> _cache = new(StringComparer.Ordinal);

    /// <returns>The claims, or null when the header is not a bearer token in the upstream's form.</returns>
    public TokenClaims? Read(string authorization)
    {
        if (_cache.TryGetValue(authorization, out var known))
        {
            return known;
        }

        var claims = Parse(authorization);
        if (claims is not null)
        {
            if (_cache.Count >= CacheCapacity)
            {
                _cache.Clear();
            }

            _cache[authorization] = claims;
        }

        return claims;
    }

    private static TokenClaims? Parse(string authorization)
    {
        if (!authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var parts = authorization[Scheme.Length..].Trim().Split('.');
        if (parts.Length != 3 || parts.Any(part => part.Length == 0 || !Base64Url.IsValid(part)))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
            return ReadClaims(document.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static TokenClaims? ReadClaims(JsonElement claims)
    {
        if (
            claims.ValueKind != JsonValueKind.Object
            || Text(claims, "id") is not { Length: > 0 } id
            || Text(claims, "sub") != id
            || Text(claims, "email") is not { } email
            || !claims.TryGetProperty("iat", out var issued)
            || issued.ValueKind != JsonValueKind.Number
            || !claims.TryGetProperty("exp", out var expires)
            || expires.ValueKind != JsonValueKind.Number
            || !expires.TryGetInt64(out var expiresAt)
        )
        {
            return null;
        }

        return new TokenClaims(id, email, issued.GetDouble(), expiresAt);
    }

    private static string? Text(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
