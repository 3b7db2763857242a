namespace FlowGpt.ApiFrontend.Cluster;

/// <summary>Why a Redis cannot be used, and what to do. Nothing of the settings is in it.</summary>
/// <param name="Says">What it does, as the rest of a sentence that begins with its address.</param>
/// <param name="Fix">What to do, as a sentence.</param>
/// <param name="Answers">Whether something answers there: then waiting alone does not help.</param>
internal sealed record RedisTrouble(string Says, string Fix, bool Answers = true)
{
    public static RedisTrouble Silent { get; } =
        new("cannot be reached (nothing answers there)", "Start it, or correct host and port.", Answers: false);

    public static RedisTrouble UnknownName { get; } =
        new("cannot be reached (the host's name is unknown)", "Correct the host's name.", Answers: false);

    public static RedisTrouble Refused { get; } = new("refuses the password or the user", "Correct password and user.");

    public static RedisTrouble PasswordMissing { get; } =
        new("asks for a password, and none is set", "Set REDIS_PASSWORD, or give password=... in the address.");

    public static RedisTrouble NoRights { get; } =
        new("accepts the user, which may do nothing there", "Give the user all commands and keys: ACL SETUSER name ~* &* +@all.");

    public static RedisTrouble TlsWanted { get; } =
        new("speaks TLS, and the address asks for none", "Give rediss://host:port or ssl=true, or name the port without TLS.");

    public static RedisTrouble NoTls { get; } =
        new("does not speak TLS, and the address asks for it", "Give redis://host:port or leave out ssl=true, or name the port with TLS.");

    public static RedisTrouble CertificateRefused(string problem) =>
        new(
            $"has a certificate that is not accepted here ({problem})",
            "Let this machine trust its authority, and name the host as the certificate does, or give sslHost=..."
        );

    public static RedisTrouble NoHandshake { get; } =
        new("ends the TLS handshake", "It may ask for a certificate of its clients: set tls-auth-clients no there.");
}
