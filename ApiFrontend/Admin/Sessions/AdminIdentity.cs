using System.Security.Claims;
using Microsoft.AspNetCore.Http.Features;

namespace FlowGpt.ApiFrontend.Admin.Sessions;

/// <summary>Who asks below <c>/admin</c>. A feature of the request's context.</summary>
/// <param name="Role">What they may do.</param>
/// <param name="Name">What they are called.</param>
/// <param name="Who">Who they are, for the audit log.</param>
internal sealed record AdminIdentity(AdminRole Role, string Name, string Who)
{
    private const string WhoClaim = "who";
    private const string MemberClaim = "member";
    private const string SessionClaim = "session";

    /// <summary>Identifies a person at the identity provider; null for holders of the admin key.</summary>
    public string? MemberId { get; init; }

    /// <summary>The session of a browser; null for a bearer of the key.</summary>
    public string? SessionId { get; init; }

    /// <summary>When the session ends; null without one.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The signed-in person of a request; null when no person is signed in.</summary>
    public static AdminIdentity? Find(HttpContext context) => context.Features.Get<AdminIdentity>();

    /// <summary>The signed-in person of a request that only signed-in persons may make.</summary>
    public static AdminIdentity Of(HttpContext context) => context.Features.GetRequiredFeature<AdminIdentity>();

    /// <summary>What a session's cookie holds of a person.</summary>
    public ClaimsPrincipal ToPrincipal(string scheme)
    {
        List<Claim> claims =
        [
            new(ClaimTypes.Name, Name),
            new(ClaimTypes.Role, Role.ToString()),
            new(WhoClaim, Who),
            new(SessionClaim, SessionId ?? ""),
        ];
        if (MemberId is not null)
        {
            claims.Add(new(MemberClaim, MemberId));
        }

        return new(new ClaimsIdentity(claims, scheme));
    }

    /// <summary>Reads what <see cref="ToPrincipal"/> wrote; null when there is no role in it.</summary>
    public static AdminIdentity? FromPrincipal(ClaimsPrincipal principal, DateTimeOffset? expiresAt) =>
        Enum.TryParse<AdminRole>(principal.FindFirstValue(ClaimTypes.Role), out var role) && role != AdminRole.None
            ? new(role, principal.FindFirstValue(ClaimTypes.Name) ?? "", principal.FindFirstValue(WhoClaim) ?? "")
            {
                MemberId = principal.FindFirstValue(MemberClaim),
                SessionId = principal.FindFirstValue(SessionClaim),
                ExpiresAt = expiresAt,
            }
            : null;
}
