using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Accounts;
using FlowGpt.Grains.Upstreams;
using FlowGpt.Grains.Upstreams.Http;

namespace FlowGpt.Grains.Accounts;

/// <summary>What an operator's change makes of what the cluster keeps of an account.</summary>
internal static class AccountChanges
{
    /// <summary>Everything that is wrong with the values of a change, by field.</summary>
    /// <param name="change">The change.</param>
    /// <param name="kind">The provider kind of the account's pool.</param>
    /// <param name="isNew">Whether the change is a new account as a whole.</param>
    public static ImmutableArray<FieldProblem> Check(AccountChange change, IProviderKind kind, bool isNew)
    {
        var schema = kind.Credential;
        var problems = ImmutableArray.CreateBuilder<FieldProblem>();
        Note("pool", change.Pool is { } pool ? AccountsProblems.OfPool(pool) : null);
        problems.AddRange(AccountDefinitions.Check(schema, change.Fields, isNew));
        foreach (var name in change.Fields.Keys.Concat(change.Cleared.Except(Clearable)))
        {
            var field = schema.Fields.FirstOrDefault(one => one.Name == name);
            Note(
                name,
                field is null ? Unknown(schema)
                    : field.IsRequired && change.Cleared.Contains(name) ? "cannot be null; give it a value"
                    : null
            );
        }

        Note("weight", change.Weight is { } weight ? AccountsProblems.OfWeight(weight) : null);
        foreach (var limit in change.Limits ?? [])
        {
            Note(
                $"limits.{limit.Name}",
                !LimitFields.Contains(limit.Name) ? $"is not known; use one of {string.Join(", ", LimitFields)}"
                    : limit.Value is { } value ? AccountsProblems.OfLimit(value)
                    : null
            );
        }

        foreach (var (name, value) in change.Headers ?? ImmutableDictionary<string, string>.Empty)
        {
            Note($"headers.{name}", ExtraHeaderRules.Problem(name, value, kind.OwnHeaders));
        }

        return problems.ToImmutable();

        void Note(string field, string? problem)
        {
            if (problem is not null)
            {
                problems.Add(new(field, problem));
            }
        }
    }

    /// <summary>The overlay after a change that <see cref="Check"/> found nothing wrong with. A change twice is a change once.</summary>
    /// <param name="overlay">What is kept so far.</param>
    /// <param name="configured">The limits that the configuration gives; none for an added account.</param>
    /// <param name="change">The change.</param>
    /// <param name="schema">The credential schema of the pool's provider kind.</param>
    /// <param name="secrets">Encrypts.</param>
    public static AccountOverlay Apply(
        AccountOverlay overlay,
        AccountLimits configured,
        AccountChange change,
        ICredentialSchema schema,
        AccountSecrets secrets
    )
    {
        overlay = Clear(WithCredential(overlay, change, schema, secrets), change.Cleared);
        return overlay with
        {
            Weight = (int?)change.Weight ?? overlay.Weight,
            Mode = change.Mode ?? overlay.Mode,
            Limits = change.Limits is { } limits ? Apply(overlay.Limits ?? configured, limits) : overlay.Limits,
            ProtectedHeaders = change.Headers is { } headers ? secrets.ProtectHeaders(overlay.Name, headers) : overlay.ProtectedHeaders,
        };
    }

    private static AccountOverlay WithCredential(
        AccountOverlay overlay,
        AccountChange change,
        ICredentialSchema schema,
        AccountSecrets secrets
    )
    {
        var cleared = change.Cleared.Where(name => schema.Fields.Any(field => field.Name == name)).ToArray();
        if (change.Fields.IsEmpty && cleared.Length == 0)
        {
            return overlay;
        }

        var kept = secrets.RevealFields(overlay) ?? ImmutableDictionary<string, string>.Empty;
        var account = AccountDefinitions.Create(overlay.Name, schema, kept.RemoveRange(cleared).SetItems(change.Fields));
        return overlay with
        {
            ProtectedFields = secrets.ProtectFields(overlay.Name, account.Fields),
            TokenHash = account.TokenHash,
            UpstreamId = account.UpstreamId,
            TokenExpires = account.TokenExpires,
        };
    }

    private static AccountOverlay Clear(AccountOverlay overlay, ImmutableArray<string> fields) =>
        overlay with
        {
            Weight = fields.Contains("weight") ? null : overlay.Weight,
            Mode = fields.Contains("mode") ? null : overlay.Mode,
            Limits = fields.Contains("limits") ? null : overlay.Limits,
            ProtectedHeaders = fields.Contains("headers") ? null : overlay.ProtectedHeaders,
        };

    private static string Unknown(ICredentialSchema schema) =>
        $"is not known; remove it, or use one of {string.Join(", ", schema.Fields.Select(static one => one.Name).Concat(Clearable).Order())}";

    /// <summary>Fields that every account has, whatever its kind, and that have a default.</summary>
    private static readonly ImmutableArray<string> Clearable = ["weight", "mode", "limits", "headers"];

    private static readonly ImmutableArray<string> LimitFields =
    [
        "requestsPerMinute",
        "requestsPerHour",
        "requestsPerDay",
        "tokensPerMinute",
        "tokensPerDay",
        "maxConcurrent",
    ];

    private static AccountLimits Apply(AccountLimits limits, ImmutableArray<LimitValue> changes)
    {
        foreach (var change in changes)
        {
            var value = (int?)change.Value;
            limits = change.Name switch
            {
                "requestsPerMinute" => limits with { RequestsPerMinute = value },
                "requestsPerHour" => limits with { RequestsPerHour = value },
                "requestsPerDay" => limits with { RequestsPerDay = value },
                "tokensPerMinute" => limits with { TokensPerMinute = value },
                "tokensPerDay" => limits with { TokensPerDay = value },
                _ => limits with { MaxConcurrent = value },
            };
        }

        return limits;
    }
}
