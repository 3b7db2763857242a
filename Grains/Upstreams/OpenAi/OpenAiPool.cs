using System.Collections.Frozen;
using System.Text;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams.Http;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>A pool's options in the form that calls need, made once.</summary>
internal sealed class OpenAiPool
{
    public const string ChatPath = "chat";
    public const string ResponsesPath = "responses";
    public const string ModelsPath = "models";

    /// <summary>The name of the Responses protocol in <see cref="PoolDefinition.Wire"/>.</summary>
    public const string ResponsesWire = "responses";

    /// <summary>The value for finding out the protocol, in <see cref="PoolDefinition.Wire"/>.</summary>
    public const string AutoWire = "auto";
    public const string EmbeddingsPath = "embeddings";

    /// <summary>The place of the model's name in a path.</summary>
    public const string ModelPlace = "{model}";

    /// <summary>Where OpenAI itself is.</summary>
    public static Uri DefaultBaseUrl { get; } = new("https://api.openai.com/v1");

    /// <summary>The server's own paths by operation.</summary>
    public static FrozenDictionary<string, string> DefaultPaths { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [ChatPath] = "/chat/completions",
            [ResponsesPath] = "/responses",
            [ModelsPath] = "/models",
            [EmbeddingsPath] = "/embeddings",
        }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly PoolDefinition _definition;
    private readonly string _root;
    private readonly string _query;
    private readonly string _keyHeader;
    private readonly string _keyPrefix;

    /// <param name="definition">A definition without problems, see <see cref="OpenAiPoolRules"/>.</param>
    /// <param name="wire">What is known of the server's protocol; null for nothing.</param>
    public OpenAiPool(PoolDefinition definition, ServerWire? wire = null)
    {
        _definition = definition;
        Wire = definition.Wire == AutoWire ? wire ?? new() : null;
        BaseUrl = definition.BaseUrl ?? DefaultBaseUrl;
        _root = BaseUrl.AbsoluteUri.TrimEnd('/');
        _query = Query(definition.Query);
        _keyHeader = definition.KeyHeader ?? "Authorization";
        var scheme = definition.KeyScheme ?? (definition.KeyHeader is null ? "Bearer" : "");
        _keyPrefix = scheme.Length == 0 ? "" : scheme + " ";
    }

    /// <summary>The pool's name.</summary>
    public string Name => _definition.Name;

    /// <summary>Where the server is.</summary>
    public Uri BaseUrl { get; }

    /// <summary>What is known of the server's protocol, where it is to be found out; else null.</summary>
    public ServerWire? Wire { get; }

    /// <summary>Whether the server is spoken to in the Responses protocol, as far as that is known; else in Chat Completions.</summary>
    public bool SpeaksResponses => _definition.Wire == ResponsesWire || Wire?.SpeaksResponses == true;

    /// <summary>Whether the server lacks something, see <see cref="OpenAiQuirks"/>.</summary>
    public bool Lacks(string quirk) => _definition.Quirks.Contains(quirk);

    /// <summary>The address of an operation.</summary>
    public Uri AddressOf(string operation, string model)
    {
        var path = _definition.Paths.GetValueOrDefault(operation) ?? DefaultPaths[operation];
        return new Uri(_root + path.Replace(ModelPlace, Escape(model), StringComparison.Ordinal) + _query);
    }

    /// <summary>Where the list of models is if the base address lacks its version; null when the address has a version, or when the pool has its own path.</summary>
    public Uri? VersionedModels =>
        _definition.Paths.ContainsKey(ModelsPath) || BaseUrl.AbsolutePath.TrimEnd('/').EndsWith("/v1", StringComparison.Ordinal)
            ? null
            : new Uri($"{_root}/v1{DefaultPaths[ModelsPath]}{_query}");

    /// <summary>Puts the pool's headers, the account's and its key on a request.</summary>
    /// <exception cref="InvalidOperationException">The credential belongs to another pool: nothing may be sent.</exception>
    /// <exception cref="UpstreamException">No request can carry the key.</exception>
    public void Authorize(HttpRequestMessage request, UpstreamCredential credential)
    {
        RequireOwn(credential);
        var key = _keyPrefix + credential[OpenAiCredentialSchema.ApiKey];
        if (!ExtraHeaderRules.IsFieldValue(key))
        {
            throw new UpstreamException(UpstreamFailures.UnusableToken()) { MayHaveBeenSent = false };
        }

        request.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
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

        HeaderValues.Set(request, _keyHeader, key);
    }

    /// <summary>A credential may only be sent to its own pool's address.</summary>
    /// <exception cref="InvalidOperationException">The credential belongs to another pool.</exception>
    public void RequireOwn(UpstreamCredential credential)
    {
        if (!string.Equals(credential.Pool, Name, StringComparison.Ordinal))
        {
            throw new InvalidOperationException(
                $"A credential of pool \"{credential.Pool}\" was about to be sent to pool \"{Name}\"; nothing was sent."
            );
        }
    }

    // A dot segment would be resolved away and so lead to another path.
    private static string Escape(string model) =>
        model is "." or ".." ? model.Replace(".", "%252E", StringComparison.Ordinal) : Uri.EscapeDataString(model);

    private static string Query(IReadOnlyDictionary<string, string> parameters)
    {
        var query = new StringBuilder();
        foreach (var (name, value) in parameters.OrderBy(static parameter => parameter.Key, StringComparer.Ordinal))
        {
            query.Append(query.Length == 0 ? '?' : '&').Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
        }

        return query.ToString();
    }
}
