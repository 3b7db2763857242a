using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Authorization.Policy;

namespace FlowGpt.ApiFrontend.Security;

/// <summary>
/// Answers the policy of clients' routes, which asks for nothing but an authenticated client, without the framework's search for handlers of requirements. Any
/// other policy goes to the framework.
/// </summary>
internal sealed class ClientPolicyEvaluator(IAuthorizationService authorization) : PolicyEvaluator(authorization)
{
    private static readonly Task<PolicyAuthorizationResult> Passes = Task.FromResult(PolicyAuthorizationResult.Success());
    private static readonly Task<PolicyAuthorizationResult> IsChallenged = Task.FromResult(PolicyAuthorizationResult.Challenge());

    public override Task<PolicyAuthorizationResult> AuthorizeAsync(
        AuthorizationPolicy policy,
        AuthenticateResult authenticationResult,
        HttpContext context,
        object? resource
    ) =>
        policy.Requirements is not [DenyAnonymousAuthorizationRequirement]
            ? base.AuthorizeAsync(policy, authenticationResult, context, resource)
        : context.User.Identity is { IsAuthenticated: true } ? Passes
        : IsChallenged;
}
