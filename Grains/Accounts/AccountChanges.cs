using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Accounts;
using FlowGpt.Grains.Upstreams.FlowGpt;
using FlowGpt.Grains.Upstreams.Http;

namespace FlowGpt.Grains.Accounts;

/// <summary>What an operator's change makes of what the cluster keeps of an account.</summary>
internal static class AccountChanges
{
    /// <summary>Everything that is wrong with the values of a change, by field.</summary>
    public static ImmutableArray<FieldProblem> Check(AccountChange change)
    {
        var problems = ImmutableArray.CreateBuilder<FieldProblem>();
        Note("pool", change.Pool is { } pool ? AccountsProblems.OfPool(pool) : null);
        Note("bearerToken", change.BearerToken is { } token ? AccountsProblems.OfToken(AccountsProblems.Clean(token)) : null);
        Note("deviceId", change.DeviceId is { } device ? AccountsProblems.OfDeviceId(device) : null);
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
            Note($"headers.{name}", ExtraHeaderRules.Problem(name, value));
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
    /// <param name="secrets">Encrypts.</param>
    public static AccountOverlay Apply(AccountOverlay overlay, AccountLimits configured, AccountChange change, AccountSecrets secrets)
    {
        if (change.BearerToken is { } pasted)
        {
            var account = AccountDefinitions.Create(overlay.Name, AccountsProblems.Clean(pasted));
            overlay = overlay with
            {
                ProtectedToken = secrets.ProtectToken(overlay.Name, account.BearerToken),
                TokenHash = account.TokenHash,
                UpstreamId = account.UpstreamId,
                TokenExpires = account.TokenExpires,
            };
        }

        overlay = Clear(overlay, change.Cleared);
        return overlay with
        {
            ProtectedDeviceId = change.DeviceId is { } device ? secrets.ProtectDeviceId(overlay.Name, device) : overlay.ProtectedDeviceId,
            Weight = (int?)change.Weight ?? overlay.Weight,
            Mode = change.Mode ?? overlay.Mode,
            Limits = change.Limits is { } limits ? Apply(overlay.Limits ?? configured, limits) : overlay.Limits,
            ProtectedHeaders = change.Headers is { } headers ? secrets.ProtectHeaders(overlay.Name, headers) : overlay.ProtectedHeaders,
        };
    }

    private static AccountOverlay Clear(AccountOverlay overlay, ImmutableArray<string> fields) =>
        overlay with
        {
            ProtectedDeviceId = fields.Contains("deviceId") ? null : overlay.ProtectedDeviceId,
            Weight = fields.Contains("weight") ? null : overlay.Weight,
            Mode = fields.Contains("mode") ? null : overlay.Mode,
            Limits = fields.Contains("limits") ? null : overlay.Limits,
            ProtectedHeaders = fields.Contains("headers") ? null : overlay.ProtectedHeaders,
        };

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
