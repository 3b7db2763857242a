namespace FlowGpt.Simulator.Tokens;

/// <summary>What the simulator reads from a bearer token.</summary>
/// <param name="Id">The <c>id</c> claim: the account.</param>
/// <param name="Email">The <c>email</c> claim.</param>
/// <param name="IssuedAt">The <c>iat</c> claim: Unix seconds, fractional.</param>
/// <param name="ExpiresAt">The <c>exp</c> claim: Unix seconds, whole.</param>
internal sealed record TokenClaims(string Id, string Email, double IssuedAt, long ExpiresAt);
