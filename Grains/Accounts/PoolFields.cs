using System.Collections.Immutable;
using FlowGpt.Grains.Upstreams;
using FlowGpt.Grains.Upstreams.Http;

namespace FlowGpt.Grains.Accounts;

/// <summary>Reads the definition of one pool in the accounts file.</summary>
internal static class PoolFields
{
    /// <summary>The pool; null when something is wrong with its definition, which is noted.</summary>
    /// <param name="name">The pool's name.</param>
    /// <param name="fields">Its definition.</param>
    /// <param name="kinds">The provider kinds of this process.</param>
    /// <param name="kind">The pool's provider kind, also of a definition with problems; null when that itself is wrong.</param>
    public static ConfiguredPool? Read(string name, JsonFields fields, ProviderKinds kinds, out IProviderKind? kind)
    {
        var before = fields.ProblemCount;
        if (AccountsProblems.OfPool(name) is { } badName)
        {
            fields.Problem("", badName);
        }

        var kindName = fields.Text("kind");
        kind = kindName is null ? null : kinds.Find(kindName);
        if (kindName is not null && kind is null)
        {
            fields.Problem("kind", $"\"{kindName}\" is not a provider kind; use one of {kinds.Names}");
        }

        var definition = new PoolDefinition
        {
            Name = name,
            Kind = kindName ?? "",
            BaseUrl = ReadAddress(fields),
            Discover = fields.OptionalFlag("discover") ?? false,
            Headers = ReadHeaders(fields.OptionalObject("headers"), kind),
            KeyHeader = fields.Checked("keyHeader", fields.OptionalText("keyHeader"), OfHeaderName),
            KeyScheme = fields.Checked("keyScheme", fields.OptionalText("keyScheme"), OfScheme),
            Query = Texts(fields.OptionalObject("query")),
            Paths = Texts(fields.OptionalObject("paths"), OfPath),
            Wire = fields.OptionalText("wire"),
            Quirks = [.. fields.OptionalTexts("quirks")],
        };
        var limits = fields.OptionalObject("limits") is { } own ? ReadLimits(own) : AccountLimits.None;
        fields.Done();
        if (kind is null || fields.ProblemCount > before)
        {
            return null;
        }

        foreach (var problem in kind.Check(definition))
        {
            fields.Problem(problem.Field, problem.Problem);
        }

        return fields.ProblemCount == before ? new(definition, limits) : null;
    }

    public static ImmutableDictionary<string, string> ReadHeaders(JsonFields? fields, IProviderKind? kind)
    {
        var headers = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in fields?.Texts() ?? [])
        {
            if (ExtraHeaderRules.Problem(name, value, kind?.OwnHeaders ?? ImmutableHashSet<string>.Empty) is { } problem)
            {
                fields!.Problem(name, problem);
            }
            else
            {
                headers[name] = value;
            }
        }

        return headers.ToImmutable();
    }

    public static AccountLimits ReadLimits(JsonFields fields)
    {
        var limits = new AccountLimits
        {
            RequestsPerMinute = fields.OptionalNumber("requestsPerMinute", AccountsProblems.OfLimit),
            RequestsPerHour = fields.OptionalNumber("requestsPerHour", AccountsProblems.OfLimit),
            RequestsPerDay = fields.OptionalNumber("requestsPerDay", AccountsProblems.OfLimit),
            TokensPerMinute = fields.OptionalNumber("tokensPerMinute", AccountsProblems.OfLimit),
            TokensPerDay = fields.OptionalNumber("tokensPerDay", AccountsProblems.OfLimit),
            MaxConcurrent = fields.OptionalNumber("maxConcurrent", AccountsProblems.OfLimit),
        };
        fields.Done();
        return limits;
    }

    private static Uri? ReadAddress(JsonFields fields)
    {
        var text = fields.Checked("baseUrl", fields.OptionalText("baseUrl"), PoolAddress.ProblemOf);
        return text is null ? null : new Uri(text);
    }

    private static ImmutableDictionary<string, string> Texts(JsonFields? fields, Func<string, string?>? problemOf = null)
    {
        var texts = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in fields?.Texts() ?? [])
        {
            texts[name] = value;
            fields!.Checked(name, value, problemOf ?? (static _ => null));
        }

        return texts.ToImmutable();
    }

    private static string? OfHeaderName(string name) =>
        ExtraHeaderRules.IsFieldName(name) ? null : "is not a header name; use letters, digits and dashes";

    private static string? OfScheme(string scheme) =>
        scheme.Length == 0 || ExtraHeaderRules.IsFieldName(scheme) ? null : "must be one word such as Bearer, or empty for the key alone";

    // A path that could name another host would send the pool's credentials there.
    private static string? OfPath(string path) =>
        path.StartsWith('/')
        && !path.StartsWith("//", StringComparison.Ordinal)
        && !path.AsSpan().ContainsAnyExceptInRange('!', '~')
        && !path.Contains('\\')
            ? null
            : "must be a path that begins with one / and holds no spaces or backslashes";
}
