using System.Globalization;
using FlowGpt.Grains.Interfaces.Accounts;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Upstreams.Http;

namespace FlowGpt.Grains.Upstreams.Anthropic;

/// <summary>Finds everything that is wrong with the options of a pool or a target of this kind. Pure.</summary>
internal static class AnthropicPoolRules
{
    public static IEnumerable<FieldProblem> Problems(PoolDefinition pool, IReadOnlySet<string> ownHeaders)
    {
        if (
            pool.BaseUrl is { } url
            && (!url.IsAbsoluteUri || url.Scheme is not ("http" or "https") || (url.Query + url.Fragment + url.UserInfo).Length > 0)
        )
        {
            yield return new("baseUrl", "must be an http or https address without user, query or fragment, such as https://host");
        }
        else if (pool.BaseUrl?.AbsolutePath.TrimEnd('/').EndsWith("/v1", StringComparison.Ordinal) == true)
        {
            yield return new("baseUrl", "ends with /v1, which this kind adds itself; leave it out");
        }

        if (pool.KeyHeader is { } header && !ExtraHeaderRules.IsFieldName(header))
        {
            yield return new("keyHeader", "is not a header name; use letters, digits and dashes");
        }

        if (pool.KeyScheme is { } scheme && (!ExtraHeaderRules.IsFieldValue(scheme) || scheme.Contains(' ')))
        {
            yield return new("keyScheme", "must be one word of printable ASCII, such as Bearer, or empty");
        }

        foreach (var (name, value) in pool.Headers)
        {
            if (ExtraHeaderRules.Problem(name, value, ownHeaders) is { } problem)
            {
                yield return new($"headers.{name}", problem);
            }
        }

        foreach (var quirk in pool.Quirks.Except(AnthropicQuirks.Names).Order(StringComparer.Ordinal))
        {
            yield return new("quirks", $"has the unknown name \"{quirk}\"; use names of {string.Join(", ", AnthropicQuirks.Names)}");
        }

        foreach (var (field, isGiven) in Foreign(pool))
        {
            if (isGiven)
            {
                yield return new(field, "is not known to pools of kind anthropic; remove it");
            }
        }
    }

    public static IEnumerable<FieldProblem> Problems(Target target)
    {
        foreach (var (name, value) in target.Options)
        {
            if (name != AnthropicKind.MaxTokensOption)
            {
                yield return new(name, "is not known to pools of kind anthropic; remove it");
            }
            else if (MaxTokens(value) is null)
            {
                yield return new(name, "must be a whole number of tokens, at least 1");
            }
        }
    }

    /// <summary>The value of <see cref="AnthropicKind.MaxTokensOption"/>; null when it is none.</summary>
    public static int? MaxTokens(string? value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var tokens) && tokens > 0 ? tokens : null;

    private static IEnumerable<(string Field, bool IsGiven)> Foreign(PoolDefinition pool) =>
        [("query", pool.Query.Count > 0), ("paths", pool.Paths.Count > 0), ("wire", pool.Wire is not null)];
}
