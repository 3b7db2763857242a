namespace FlowGpt.Grains.Upstreams;

/// <summary>What can be said of every pasted secret, for the credential schemas of provider kinds. Never quotes a secret. Pure.</summary>
public static class SecretText
{
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
        "put ",
    ];

    /// <summary>A pasted secret without white space around it and without the word "Bearer" before it.</summary>
    public static string Clean(string value)
    {
        value = value.Trim();
        return value.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? value["Bearer ".Length..].Trim() : value;
    }

    /// <summary>What is wrong with a cleaned secret, as a phrase that follows the field's name; null when nothing is.</summary>
    /// <param name="value">The cleaned secret.</param>
    /// <param name="what">What the secret is, such as "bearer token".</param>
    public static string? ProblemOf(string value, string what) =>
        value.Length == 0 ? $"is empty; paste the account's {what}"
        : Placeholders.Any(start => value.StartsWith(start, StringComparison.OrdinalIgnoreCase))
            ? $"is a placeholder, not a {what}; paste the account's {what}"
        : value.AsSpan().ContainsAnyExceptInRange('!', '~')
            ? $"holds spaces, line breaks or characters that a {what} can't have; paste the {what} alone, on one line"
        : null;
}
