using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using StackExchange.Redis;

namespace FlowGpt.ApiFrontend.Cluster;

/// <summary>
/// Finds out why a connection to Redis fails, by a connection of its own: the library tells a wrong password, a port with TLS and a port without it alike. Sends nothing but
/// the password that is set, where the library would send it too.
/// </summary>
internal static class RedisProbe
{
    private const int DefaultPort = 6379;
    private const int DefaultTlsPort = 6380;
    private const int LongestAnswer = 512;

    private static readonly TimeSpan Within = TimeSpan.FromSeconds(2);

    /// <summary>What is wrong with the first address that has something wrong; null when nothing is found.</summary>
    public static async Task<RedisTrouble?> LookAsync(
        ConfigurationOptions configuration,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        RedisTrouble? silent = null;
        foreach (var endpoint in configuration.EndPoints)
        {
            if (AddressOf(endpoint, configuration.Ssl) is not { } address)
            {
                continue;
            }

            var trouble = await LookAsync(configuration, address, time, cancellationToken);
            if (trouble is { Answers: true })
            {
                return trouble;
            }

            silent ??= trouble;
        }

        return silent;
    }

    private static async Task<RedisTrouble?> LookAsync(
        ConfigurationOptions configuration,
        DnsEndPoint address,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var secret = string.IsNullOrEmpty(configuration.ServiceName) ? configuration.Password : null;
        var found = await TryAsync(
            address,
            configuration.Ssl ? configuration.SslHost ?? address.Host : null,
            TlsCheck.Full,
            CommandsOf(configuration.User, secret),
            time,
            cancellationToken
        );
        return found switch
        {
            { Trouble: { } trouble } => trouble,
            { Answer: [_, ..] answer } when answer[0] is '+' or '-' => OfAnswer(answer),
            _ when configuration.Ssl => await SpeaksAsync(null) ? RedisTrouble.NoTls : RedisTrouble.NoHandshake,
            _ => await SpeaksAsync(address.Host) ? RedisTrouble.TlsWanted : null,
        };

        // Without the password: whoever answers there may be somebody else.
        async Task<bool> SpeaksAsync(string? tls)
        {
            var other = await TryAsync(address, tls, TlsCheck.None, CommandsOf(null, null), time, cancellationToken);
            return tls is null ? other.Answer is ['+' or '-', ..] : other.IsTls;
        }
    }

    private static RedisTrouble? OfAnswer(string answer) => answer.Split('\n').Select(OfLine).FirstOrDefault(static one => one is not null);

    private static RedisTrouble? OfLine(string answer) =>
        answer.StartsWith("-WRONGPASS", StringComparison.Ordinal)
        || answer.StartsWith("-ERR invalid password", StringComparison.OrdinalIgnoreCase)
            ? RedisTrouble.Refused
        : answer.StartsWith("-NOAUTH", StringComparison.Ordinal) ? RedisTrouble.PasswordMissing
        : answer.StartsWith("-NOPERM", StringComparison.Ordinal) ? RedisTrouble.NoRights
        : null;

    private static DnsEndPoint? AddressOf(EndPoint endpoint, bool tls) =>
        endpoint switch
        {
            DnsEndPoint dns => new(dns.Host, PortOf(dns.Port, tls)),
            IPEndPoint ip => new(ip.Address.ToString(), PortOf(ip.Port, tls)),
            _ => null,
        };

    private static int PortOf(int port, bool tls) =>
        port > 0 ? port
        : tls ? DefaultTlsPort
        : DefaultPort;

    private static byte[] CommandsOf(string? user, string? password)
    {
        string[] sign =
            string.IsNullOrEmpty(password) ? []
            : string.IsNullOrEmpty(user) ? ["AUTH", password]
            : ["AUTH", user, password];
        return Encoding.UTF8.GetBytes(TextOf(sign) + TextOf("PING"));
    }

    private static string TextOf(params string[] command) =>
        command.Length == 0
            ? ""
            : $"*{command.Length}\r\n" + string.Concat(command.Select(static word => $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n"));

    /// <summary>Connects, with TLS where a host is given for it, sends and reads the answers up to that of the PING.</summary>
    private static async Task<Found> TryAsync(
        DnsEndPoint address,
        string? tlsHost,
        TlsCheck check,
        byte[] command,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        using var deadline = new CancellationTokenSource(Within, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(address, end.Token);
        }
        catch (SocketException exception)
        {
            var isName = exception.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain;
            return new(isName ? RedisTrouble.UnknownName : RedisTrouble.Silent);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(RedisTrouble.Silent);
        }

        var isTls = false;
        var problems = SslPolicyErrors.None;
        try
        {
            await using Stream plain = new NetworkStream(socket);
            await using var tls = tlsHost is null ? null : new SslStream(plain);
            if (tls is not null)
            {
                await tls.AuthenticateAsClientAsync(
                    new SslClientAuthenticationOptions
                    {
                        TargetHost = tlsHost,
                        RemoteCertificateValidationCallback = (_, _, _, found) =>
                        {
                            problems = check == TlsCheck.Full ? found : SslPolicyErrors.None;
                            return problems == SslPolicyErrors.None;
                        },
                    },
                    end.Token
                );
                isTls = true;
            }

            var stream = tls ?? plain;
            await stream.WriteAsync(command, end.Token);
            return new(null, isTls, await ReadAsync(stream, end.Token));
        }
        catch (Exception exception)
            when (exception is IOException or AuthenticationException
                || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            return problems == SslPolicyErrors.None ? new(null, isTls) : new(RedisTrouble.CertificateRefused(problems.ToString()));
        }
    }

    private static async Task<string> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var answer = new byte[LongestAnswer];
        var length = 0;
        while (length < answer.Length && !IsWhole(answer.AsSpan(0, length)))
        {
            var read = await stream.ReadAsync(answer.AsMemory(length), cancellationToken);
            if (read == 0)
            {
                break;
            }

            length += read;
        }

        return Encoding.Latin1.GetString(answer, 0, length);
    }

    // An error before the answer to the PING says enough.
    private static bool IsWhole(ReadOnlySpan<byte> answer) =>
        answer is [(byte)'-', .., (byte)'\n'] || answer.EndsWith("+PONG\r\n"u8) || answer.Count((byte)'\n') > 1;

    private enum TlsCheck
    {
        None,
        Full,
    }

    private readonly record struct Found(RedisTrouble? Trouble, bool IsTls = false, string Answer = "");
}
