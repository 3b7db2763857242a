using FlowGpt.ApiFrontend.Errors;
using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Security;

/// <summary>Knows <see cref="FrontendOptions.AdminKey"/>; client keys are refused, and wrong keys slowed down. Thread-safe.</summary>
internal sealed class AdminAuthenticator
{
    private readonly SecretKey _adminKey;
    private readonly IClientAuthenticator _clients;
    private readonly WrongKeyGuard _guard;

    public AdminAuthenticator(IOptions<FrontendOptions> options, IClientAuthenticator clients, WrongKeyGuard guard)
    {
        _adminKey = new SecretKey(options.Value.AdminKey);
        _clients = clients;
        _guard = guard;
    }

    /// <summary>The holder of the key, for the audit log: <c>admin</c> and the fingerprint of the key.</summary>
    public string Identity => $"admin {_adminKey.Fingerprint}";

    /// <summary>Null when the request carries the key, else the error to answer with.</summary>
    public ValueTask<ApiError?> CheckAsync(HttpContext context) => CheckAsync(context, BearerToken.Read(context.Request));

    /// <summary>Null when this is the key, else the error to answer with.</summary>
    public async ValueTask<ApiError?> CheckAsync(HttpContext context, string? presented)
    {
        if (presented is not null && _adminKey.Matches(presented))
        {
            return null;
        }

        var client = await _clients.AuthenticateAsync(presented, context.RequestAborted);
        return client.Error is { } refusal ? await _guard.AnswerAsync(context, refusal) : GatewayErrors.ClientKeyOnAdmin;
    }
}
