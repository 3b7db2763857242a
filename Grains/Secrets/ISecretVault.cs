namespace FlowGpt.Grains.Secrets;

/// <summary>Encrypts what must be stored but never be readable in storage. Thread-safe.</summary>
public interface ISecretVault
{
    /// <summary>The secret, encrypted and authenticated, as text for a record.</summary>
    /// <param name="purpose">What it is; only the same purpose reads it again.</param>
    /// <param name="secret">The secret.</param>
    string Protect(string purpose, string secret);

    /// <summary>The secret again; null when it cannot be read: its key is lost, or the text is not what was written.</summary>
    string? Reveal(string purpose, string protectedText);
}
