using System.Buffers;
using FlowGpt.Grains.Upstreams.FlowGpt;
using FlowGpt.Grains.Upstreams.Http;

namespace FlowGpt.Grains.Accounts;

/// <summary>
/// What can be wrong with an account's values, each as a phrase that follows the field's name; null when nothing is. Never quotes a token.
/// </summary>
internal static class AccountsProblems
{
    private const int MostNameCharacters = 64;
    private const int MostWeight = 1000;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-@"
    );

    private static readonly string[] Placeholders =
    [
        "your",
        "changeme",
        "change-me",
        "change_me",
        "placeholder",
        "example",
        "xxx",
        "<",
        "{",
        "$",
        "...",
        "insert",
        "paste",
        "replace",
    ];

    public static string? OfName(string name) =>
        name.Length is 0 or > MostNameCharacters ? $"must have 1 to {MostNameCharacters} characters; give the account a short name"
        : name.AsSpan().ContainsAnyExcept(NameCharacters) ? "may hold only letters, digits and . _ - @; rename the account"
        : null;

    public static string? OfPool(string pool) =>
        pool.Length is 0 or > MostNameCharacters ? $"must have 1 to {MostNameCharacters} characters; name the pool as the models do"
        : pool.AsSpan().ContainsAnyExcept(NameCharacters) ? "may hold only letters, digits and . _ - @; rename the pool"
        : null;

    public static string? OfToken(string token) =>
        token.Length == 0 ? "is empty; paste the account's bearer token"
        : Placeholders.Any(start => token.StartsWith(start, StringComparison.OrdinalIgnoreCase))
            ? "is a placeholder, not a token; paste the account's bearer token"
        : token.AsSpan().ContainsAnyExceptInRange('!', '~')
            ? "holds spaces, line breaks or characters that a token can't have; paste the token alone, on one line"
        : null;

    public static string? OfDeviceId(string id) =>
        id.Length is 0 or > 128 || id.Contains(' ') || !ExtraHeaderRules.IsFieldValue(id)
            ? "must be 1 to 128 printable characters without spaces; leave it out to have one made"
            : null;

    public static string? OfLimit(long limit) =>
        limit is < 1 or > int.MaxValue ? $"is {limit} but must be from 1 to {int.MaxValue}; leave it out for no limit" : null;

    public static string? OfWeight(long weight) => weight is < 1 or > MostWeight ? $"is {weight} but must be from 1 to {MostWeight}" : null;

    /// <summary>A pasted token without what people paste along with it.</summary>
    public static string Clean(string token)
    {
        token = token.Trim();
        return token.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? token["Bearer ".Length..].Trim() : token;
    }

    /// <summary>Accounts that must not be told apart by mistake: limits hold per account, so none may be listed twice.</summary>
    /// <param name="accounts">Definitions and where each stands.</param>
    public static IEnumerable<string> OfDuplicates(IReadOnlyList<(AccountDefinition Account, string Place)> accounts)
    {
        for (var i = 0; i < accounts.Count; i++)
        {
            var (account, place) = accounts[i];
            foreach (var (other, otherPlace) in accounts.Take(i))
            {
                if (account.Name == other.Name)
                {
                    yield return $"{place}.name \"{account.Name}\" is used by {otherPlace} too; give each account its own name";
                }
                else if (account.TokenHash == other.TokenHash)
                {
                    yield return $"{place}.bearerToken is the same as {otherPlace}'s; list each account once, or its limits would count twice";
                }
                else if (account.UpstreamId is { } id && id == other.UpstreamId)
                {
                    yield return $"{place}.bearerToken belongs to the same upstream account as {otherPlace}'s; list each account once, or its "
                        + "limits would count twice";
                }
            }
        }
    }
}
