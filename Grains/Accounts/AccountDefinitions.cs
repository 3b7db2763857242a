using FlowGpt.Grains.Upstreams.FlowGpt;

namespace FlowGpt.Grains.Accounts;

/// <summary>Makes definitions of checked values.</summary>
internal static class AccountDefinitions
{
    /// <summary>Reads from the token what it tells of its account.</summary>
    public static AccountDefinition Create(string name, string token)
    {
        var claims = JwtClaims.Read(token);
        return new()
        {
            Name = name,
            BearerToken = token,
            TokenHash = TokenHash.Of(token),
            UpstreamId = claims.Id,
            TokenExpires = claims.ExpiresAt,
        };
    }
}
