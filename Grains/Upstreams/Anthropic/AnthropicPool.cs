using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams.Http;

namespace FlowGpt.Grains.Upstreams.Anthropic;

/// <summary>A pool's options in the form that calls need, made once.</summary>
internal sealed class AnthropicPool
{
    /// <summary>The header that carries a key, unless the pool names another.</summary>
    public const string KeyHeader = "x-api-key";

    /// <summary>The header that says which version of the protocol is spoken.</summary>
    public const string VersionHeader = "anthropic-version";

    private const string BetaHeader = "anthropic-beta";
    private const string Version = "2023-06-01";

    private readonly PoolDefinition _definition;
    private readonly string _keyHeader;
    private readonly string _keyPrefix;

    /// <param name="definition">A definition without problems, see <see cref="AnthropicPoolRules"/>.</param>
    public AnthropicPool(PoolDefinition definition)
    {
        _definition = definition;
        BaseUrl = definition.BaseUrl ?? new Uri("https://api.anthropic.com");
        var root = BaseUrl.AbsoluteUri.TrimEnd('/');
        Messages = new Uri(root + "/v1/messages");
        Models = new Uri(root + "/v1/models?limit=1000");
        _keyHeader = definition.KeyHeader ?? KeyHeader;
        _keyPrefix = string.IsNullOrEmpty(definition.KeyScheme) ? "" : definition.KeyScheme + " ";
    }

    /// <summary>The pool's name.</summary>
    public string Name => _definition.Name;

    /// <summary>Where the server is.</summary>
    public Uri BaseUrl { get; }

    /// <summary>Where messages are made.</summary>
    public Uri Messages { get; }

    /// <summary>Where models are listed.</summary>
    public Uri Models { get; }

    /// <summary>Puts the pool's headers, the account's and its key on a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="credential">The account.</param>
    /// <param name="betas">Names of beta features that the client asked for, separated by commas; empty for none.</param>
    /// <exception cref="InvalidOperationException">The credential belongs to another pool: nothing may be sent.</exception>
    /// <exception cref="UpstreamException">No request can carry the key.</exception>
    public void Authorize(HttpRequestMessage request, UpstreamCredential credential, string betas = "")
    {
        RequireOwn(credential);
        var key = _keyPrefix + credential[AnthropicCredentialSchema.ApiKey];
        if (!ExtraHeaderRules.IsFieldValue(key))
        {
            throw new UpstreamException(UpstreamFailures.UnusableToken()) { MayHaveBeenSent = false };
        }

        HeaderValues.Set(request, "Accept-Encoding", "identity");
        foreach (var (name, value) in _definition.Headers)
        {
            HeaderValues.Set(request, name, value);
        }

        foreach (var (name, value) in credential.ExtraHeaders)
        {
            // A header that may not be set was reported where the account was configured.
            if (ExtraHeaderRules.Problem(name, value) is null)
            {
                HeaderValues.Set(request, name, value);
            }
        }

        if (betas.Length > 0)
        {
            var own = request.Headers.NonValidated.TryGetValues(BetaHeader, out var set) ? set.ToString() + "," : "";
            HeaderValues.Set(request, BetaHeader, own + betas);
        }

        HeaderValues.Set(request, VersionHeader, Version);
        HeaderValues.Set(request, _keyHeader, key);
    }

    /// <summary>A credential may only be sent to its own pool's address.</summary>
    /// <exception cref="InvalidOperationException">The credential belongs to another pool.</exception>
    public void RequireOwn(UpstreamCredential credential) => PoolWall.Check(Name, credential.Pool, Name);
}
