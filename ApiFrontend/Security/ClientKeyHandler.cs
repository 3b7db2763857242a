using System.Security.Claims;
using System.Text.Encodings.Web;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Feed;
using FlowGpt.ApiFrontend.Requests;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Security;

/// <summary>
/// The authentication scheme of clients' keys. Routes that do not ask for a client are left alone: operators' routes have their own keys. A refusal is
/// answered in the form of the route's errors.
/// </summary>
internal sealed class ClientKeyHandler(
    IClientAuthenticator authenticator,
    WrongKeyGuard guard,
    FrontendFeed feed,
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>The scheme's name.</summary>
    public const string SchemeName = "client-key";

    private ApiError? _refusal;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Context.GetEndpoint()?.Metadata is not { } metadata || metadata.GetMetadata<IAuthorizeData>() is null)
        {
            return AuthenticateResult.NoResult();
        }

        var request = ApiRequest.Of(Context);
        if (metadata.GetMetadata<ClientOperation>() is { } operation)
        {
            request.Operation = operation.Name;
            request.ErrorBody = operation.ErrorBody;
            request.SendsRequestId = operation.SendsRequestId;
            request.OverloadedStatus = operation.OverloadedStatus;
        }

        var result = await authenticator.AuthenticateAsync(PresentedKey.Read(Request), Context.RequestAborted);
        if (result.Identity is not { } identity)
        {
            _refusal = await guard.AnswerAsync(Context, result.Error!);
            return AuthenticateResult.NoResult();
        }

        request.KeyId = identity.KeyId;
        feed.Begin(request);
        Context.Features.Set(identity);
        var claims = new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, identity.KeyId)], SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(claims), SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) =>
        ApiRequest.Of(Context).RefuseAsync(_refusal ?? GatewayErrors.MissingKey);
}
