using FlowGpt.ApiFrontend.Admin.Sessions;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.Grains.Interfaces.Keys;

namespace FlowGpt.ApiFrontend.Admin.Members;

/// <summary>Holds what a person asks of a key of their own against what the operator allows.</summary>
internal static class MemberKeyRules
{
    /// <summary>The key's settings with the operator's where the person asks for nothing; or the first thing that the person may not ask.</summary>
    /// <param name="asked">What the person asks.</param>
    /// <param name="options">What the operator allows.</param>
    /// <param name="person">The person.</param>
    /// <param name="now">The present.</param>
    public static (ApiKeySettings? Settings, ApiError? Error) Apply(
        ApiKeySettings asked,
        MemberOptions options,
        AdminIdentity person,
        DateTimeOffset now
    )
    {
        if (FindForbidden(asked, options, now) is { } error)
        {
            return (null, error);
        }

        var models = options.Models();
        return (
            asked with
            {
                Owner = person.Name,
                MemberId = person.MemberId,
                ExpiresAt = asked.ExpiresAt ?? now + options.MaxKeyLifetime,
                AllowedModels = asked.AllowedModels.IsEmpty ? [.. models] : asked.AllowedModels,
                Limits = new()
                {
                    RequestsPerMinute = asked.Limits.RequestsPerMinute ?? options.RequestsPerMinute,
                    TokensPerMinute = asked.Limits.TokensPerMinute ?? options.TokensPerMinute,
                    MaxConcurrentRequests = asked.Limits.MaxConcurrentRequests ?? options.MaxConcurrentRequests,
                    TokensPerDay = asked.Limits.TokensPerDay ?? options.TokensPerDay,
                    TokensPerMonth = asked.Limits.TokensPerMonth ?? options.TokensPerMonth,
                },
            },
            null
        );
    }

    private static ApiError? FindForbidden(ApiKeySettings asked, MemberOptions options, DateTimeOffset now)
    {
        if (asked.Owner is not null)
        {
            return RequestErrors.Invalid("owner", "the key is yours; leave it out.");
        }

        if (!asked.AllowedPools.IsEmpty)
        {
            return RequestErrors.Invalid("allowedPools", "only operators choose pools; leave it out.");
        }

        if (asked.MaxStoredBytes is not null)
        {
            return RequestErrors.Invalid("maxStoredBytes", "only operators choose how much is stored; leave it out.");
        }

        if (!asked.Enabled)
        {
            return RequestErrors.Invalid("enabled", "a key that is not wanted is revoked; leave it out.");
        }

        if (asked.ExpiresAt > now + options.MaxKeyLifetime)
        {
            return RequestErrors.Invalid("expiresAt", $"a key lives for at most {options.MaxKeyLifetime}.");
        }

        var models = options.Models();
        var foreign = models.Length == 0 ? null : asked.AllowedModels.FirstOrDefault(model => !models.Contains(model));
        return foreign is not null
            ? RequestErrors.Invalid(
                "allowedModels",
                $"'{RequestErrors.Shorten(foreign)}' is not for keys of your own. There are: {string.Join(", ", models)}."
            )
            : CheckLimit("requestsPerMinute", asked.Limits.RequestsPerMinute, options.RequestsPerMinute)
                ?? CheckLimit("tokensPerMinute", asked.Limits.TokensPerMinute, options.TokensPerMinute)
                ?? CheckLimit("maxConcurrentRequests", asked.Limits.MaxConcurrentRequests, options.MaxConcurrentRequests)
                ?? CheckLimit("tokensPerDay", asked.Limits.TokensPerDay, options.TokensPerDay)
                ?? CheckLimit("tokensPerMonth", asked.Limits.TokensPerMonth, options.TokensPerMonth);
    }

    private static ApiError? CheckLimit(string field, long? asked, long? most) =>
        asked > most ? RequestErrors.Invalid($"limits.{field}", $"keys of your own may have at most {most}.") : null;
}
