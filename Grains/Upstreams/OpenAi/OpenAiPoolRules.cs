using FlowGpt.Grains.Interfaces.Accounts;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Upstreams.Http;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>Finds everything that is wrong with the options of a pool or a target of this kind. Pure.</summary>
internal static class OpenAiPoolRules
{
    private static readonly string[] ReasoningFields = ["reasoning_content", "reasoning"];

    public static IEnumerable<FieldProblem> Problems(PoolDefinition pool) =>
        [.. Address(pool), .. Key(pool), .. Headers(pool), .. Query(pool), .. Paths(pool), .. Quirks(pool), .. Wire(pool)];

    /// <summary>Finds everything that is wrong with the options of a target of this kind.</summary>
    public static IEnumerable<FieldProblem> Problems(Target target)
    {
        foreach (var (name, value) in target.Options.OrderBy(static option => option.Key, StringComparer.Ordinal))
        {
            if (name != ChatMessageWriter.ReasoningFieldOption)
            {
                yield return new(name, $"is not known to pools of kind openai; use {ChatMessageWriter.ReasoningFieldOption} or remove it");
            }
            else if (!ReasoningFields.Contains(value, StringComparer.Ordinal))
            {
                yield return new(name, $"\"{value}\" is unknown; use one of {string.Join(", ", ReasoningFields)}");
            }
        }
    }

    private static IEnumerable<FieldProblem> Address(PoolDefinition pool)
    {
        if (
            pool.BaseUrl is { } url
            && (
                !url.IsAbsoluteUri
                || url.Scheme is not ("http" or "https")
                || url.Query.Length > 0
                || url.Fragment.Length > 0
                || url.UserInfo.Length > 0
            )
        )
        {
            yield return new("baseUrl", "must be an http or https address without user, query or fragment, such as https://host/v1");
        }
    }

    private static IEnumerable<FieldProblem> Key(PoolDefinition pool)
    {
        var isDefault = string.Equals(pool.KeyHeader, "Authorization", StringComparison.OrdinalIgnoreCase);
        if (pool.KeyHeader is { } header && !isDefault && ExtraHeaderRules.Problem(header, "") is { } problem)
        {
            yield return new("keyHeader", problem);
        }

        if (pool.KeyScheme is { } scheme && (!ExtraHeaderRules.IsFieldValue(scheme) || scheme.Contains(' ')))
        {
            yield return new("keyScheme", "must be one word of printable ASCII, such as Bearer, or empty");
        }
    }

    private static IEnumerable<FieldProblem> Headers(PoolDefinition pool)
    {
        foreach (var (name, value) in pool.Headers)
        {
            if (ExtraHeaderRules.Problem(name, value) is { } problem)
            {
                yield return new($"headers.{name}", problem);
            }
            else if (string.Equals(name, pool.KeyHeader, StringComparison.OrdinalIgnoreCase))
            {
                yield return new($"headers.{name}", "carries the account's key (keyHeader); remove it");
            }
        }
    }

    private static IEnumerable<FieldProblem> Query(PoolDefinition pool) =>
        pool
            .Query.Where(static parameter => parameter.Key.Length == 0)
            .Select(static _ => new FieldProblem("query", "has a parameter without a name"));

    private static IEnumerable<FieldProblem> Paths(PoolDefinition pool)
    {
        foreach (var (operation, path) in pool.Paths)
        {
            if (!OpenAiPool.DefaultPaths.ContainsKey(operation))
            {
                yield return new($"paths.{operation}", $"is unknown; use one of {string.Join(", ", OpenAiPool.DefaultPaths.Keys.Order())}");
            }
            else if (
                !path.StartsWith('/')
                || path.StartsWith("//", StringComparison.Ordinal)
                || path.AsSpan().ContainsAny("?#\\% ")
                || path.Split('/').Any(static segment => segment is "." or "..")
                || path.AsSpan().ContainsAnyExceptInRange('!', '~')
            )
            {
                yield return new(
                    $"paths.{operation}",
                    "must be a path below baseUrl that begins with one slash, such as /chat/completions"
                );
            }
            else if (path.Replace(OpenAiPool.ModelPlace, "", StringComparison.Ordinal).AsSpan().ContainsAny('{', '}'))
            {
                yield return new($"paths.{operation}", "holds a placeholder that is unknown; only {model} is filled in");
            }
            else if (operation == OpenAiPool.ModelsPath && path.Contains(OpenAiPool.ModelPlace, StringComparison.Ordinal))
            {
                yield return new($"paths.{operation}", "lists all models, so it cannot hold {model}");
            }
        }
    }

    private static IEnumerable<FieldProblem> Quirks(PoolDefinition pool) =>
        pool
            .Quirks.Where(static quirk => !OpenAiQuirks.All.Contains(quirk))
            .Order(StringComparer.Ordinal)
            .Select(static quirk => new FieldProblem(
                "quirks",
                $"has the unknown name \"{quirk}\"; use names of {string.Join(", ", OpenAiQuirks.All.Order(StringComparer.Ordinal))}"
            ));

    private static IEnumerable<FieldProblem> Wire(PoolDefinition pool)
    {
        if (pool.Wire is not (null or "chat" or OpenAiPool.ResponsesWire or OpenAiPool.AutoWire))
        {
            yield return new("wire", $"\"{pool.Wire}\" is unknown; use chat, responses or auto, or leave the field out");
        }
    }
}
