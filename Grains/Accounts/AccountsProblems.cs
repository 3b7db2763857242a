using System.Buffers;

namespace FlowGpt.Grains.Accounts;

/// <summary>
/// What can be wrong with an account's values, each as a phrase that follows the field's name; null when nothing is. Never quotes a token.
/// </summary>
internal static class AccountsProblems
{
    private const int MostNameCharacters = 64;
    private const int MostWeight = 1000;
    private const int MostOrder = 1000;
    private const int LeastWindow = 256;
    private const int MostWindow = 10_000_000;
    private const int LongestModelId = 256;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-@"
    );

    public static string? OfName(string name) =>
        name.Length is 0 or > MostNameCharacters ? $"must have 1 to {MostNameCharacters} characters; give the account a short name"
        : name.AsSpan().ContainsAnyExcept(NameCharacters) ? "may hold only letters, digits and . _ - @; rename the account"
        : IsDots(name) ? "must not be . or .., which no address can hold; rename the account"
        : null;

    public static string? OfPool(string pool) =>
        pool.Length is 0 or > MostNameCharacters ? $"must have 1 to {MostNameCharacters} characters; name the pool as the models do"
        : pool.AsSpan().ContainsAnyExcept(NameCharacters) ? "may hold only letters, digits and . _ - @; rename the pool"
        : IsDots(pool) ? "must not be . or .., which no address can hold; rename the pool"
        : null;

    public static string? OfLimit(long limit) =>
        limit is < 1 or > int.MaxValue ? $"is {limit} but must be from 1 to {int.MaxValue}; leave it out for no limit" : null;

    public static string? OfWeight(long weight) => weight is < 1 or > MostWeight ? $"is {weight} but must be from 1 to {MostWeight}" : null;

    public static string? OfOrder(long order) => order is < 0 or > MostOrder ? $"is {order} but must be from 0 to {MostOrder}" : null;

    public static string? OfContextWindow(long window) =>
        window is < LeastWindow or > MostWindow
            ? $"is {window} but must be from {LeastWindow} to {MostWindow}; leave it out when unknown"
            : null;

    public static string? OfModelId(string id) =>
        id.Length is 0 or > LongestModelId || id.Any(static c => char.IsControl(c) || char.IsWhiteSpace(c))
            ? $"must have 1 to {LongestModelId} characters and no white space"
        : id.Split('/').Any(IsDots) ? "must have no part that is . or .., which no address can hold"
        : null;

    // Clients and servers take such parts out of a path.
    private static bool IsDots(string name) => name is "." or "..";

    public static string? OfPrice(decimal price) => price < 0 ? $"is {price} but must be 0 or more" : null;

    /// <summary>Accounts that must not be taken for two by mistake: limits hold per account, so none may be listed twice. Of two equal accounts the later is reported.</summary>
    /// <param name="accounts">Definitions, where each stands, and the name of its secret field.</param>
    public static IEnumerable<(int Index, string Problem)> OfDuplicates(IReadOnlyList<PlacedAccount> accounts)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        var tokens = new Dictionary<(string, string), string>();
        var ids = new Dictionary<(string, string), string>();
        for (var i = 0; i < accounts.Count; i++)
        {
            var (account, place, secret) = accounts[i];
            if (names.TryGetValue(account.Name, out var other))
            {
                yield return (i, $"{place}.name \"{account.Name}\" is used by {other} too; give each account its own name");
            }
            else if (tokens.TryGetValue((account.Provider, account.TokenHash), out other))
            {
                yield return (i, $"{place}.{secret} is the same as {other}'s; list each account once, or its limits would count twice");
            }
            else if (account.UpstreamId is { } id && ids.TryGetValue((account.Provider, id), out other))
            {
                yield return (
                    i,
                    $"{place}.{secret} belongs to the same upstream account as {other}'s; list each account once, or its "
                        + "limits would count twice"
                );
            }

            names.TryAdd(account.Name, place);
            tokens.TryAdd((account.Provider, account.TokenHash), place);
            if (account.UpstreamId is { } own)
            {
                ids.TryAdd((account.Provider, own), place);
            }
        }
    }
}

/// <summary>An account and where it stands.</summary>
/// <param name="Account">The account.</param>
/// <param name="Place">Where the account stands, such as <c>accounts[0]</c>.</param>
/// <param name="Secret">The name of its first secret field.</param>
internal readonly record struct PlacedAccount(AccountDefinition Account, string Place, string Secret);
