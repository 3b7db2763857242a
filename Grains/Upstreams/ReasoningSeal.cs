using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Secrets;

namespace FlowGpt.Grains.Upstreams;

/// <summary>
/// Seals what a provider sealed or signed of its reasoning once more, together with the client, the pool and the account that the reasoning came to: clients carry the
/// text, and only that pool gets the inside back, for that client. Thread-safe.
/// </summary>
internal sealed class ReasoningSeal(ISecretVault vault)
{
    private const string Purpose = "sealed reasoning";
    private const char Separator = '\0';

    /// <summary>The text that clients get.</summary>
    /// <param name="content">What the provider sealed.</param>
    /// <param name="clientKeyId">Whose turn.</param>
    /// <param name="pool">The pool of <paramref name="account"/>.</param>
    /// <param name="account">The account that the reasoning came from.</param>
    public string Seal(string content, string clientKeyId, string pool, string account) =>
        SealedText.Prefix + vault.Protect(Purpose, string.Join(Separator, clientKeyId, pool, account, content));

    /// <summary>What the provider sealed; null for a text that was sealed elsewhere, for another client or for another account.</summary>
    public string? Open(ReasoningItem reasoning, string clientKeyId, string pool, string account) =>
        Read(reasoning, clientKeyId, pool) is var (origin, content) && origin == account ? content : null;

    /// <summary>What the provider signed, for providers whose signatures hold for all accounts; null for a text that was sealed elsewhere, for another client or pool.</summary>
    public string? Open(ReasoningItem reasoning, string clientKeyId, string pool) =>
        Read(reasoning, clientKeyId, pool) is var (_, content) ? content : null;

    /// <summary>The account that the latest reasoning of a context came from; null when none was sealed for this client and pool.</summary>
    public string? AccountOf(ReadOnlySpan<Item> context, string clientKeyId, string pool)
    {
        for (var i = context.Length - 1; i >= 0; i--)
        {
            if (context[i] is ReasoningItem reasoning && Read(reasoning, clientKeyId, pool) is var (account, _))
            {
                return account;
            }
        }

        return null;
    }

    private (string Account, string Content)? Read(ReasoningItem reasoning, string clientKeyId, string pool) =>
        SealedText.IsIn(reasoning)
        && vault.Reveal(Purpose, reasoning.Encrypted![SealedText.Prefix.Length..])?.Split(Separator, 4)
            is [var client, var of, var account, var content]
        && client == clientKeyId
        && of == pool
            ? (account, content)
            : null;
}
