using System.Collections.Concurrent;

namespace FlowGpt.Grains.Upstreams.FlowGpt;

/// <summary>The claims of the tokens that are in use, so that a token is read once and not with each request. Bounded; thread-safe.</summary>
internal sealed class ClaimsCache
{
    private const int MaxTokens = 4096;
    private readonly ConcurrentDictionary<string, JwtClaims> _claims = new(StringComparer.Ordinal);

    public JwtClaims Of(string? token)
    {
        if (token is null)
        {
            return JwtClaims.None;
        }

        if (_claims.TryGetValue(token, out var known))
        {
            return known;
        }

        if (_claims.Count >= MaxTokens)
        {
            // Most are tokens that were replaced; those in use come back with their next request.
            _claims.Clear();
        }

        return _claims[token] = JwtClaims.Read(token);
    }
}
