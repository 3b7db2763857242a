using System.Globalization;
using FlowGpt.ApiFrontend.Configuration;
using StackExchange.Redis;

namespace FlowGpt.ApiFrontend.Cluster;

/// <summary>
/// Reads where Redis is, in the two forms that people have: StackExchange.Redis' own (<c>host:6379,password=…,ssl=true</c>, with <c>serviceName=</c> for
/// Sentinel), and a URL (<c>redis://user:password@host:6379/0</c>, <c>rediss://</c> for TLS) with such options behind commas. No error repeats any of the input:
/// a part that was misread may be the password.
/// </summary>
internal static class RedisAddress
{
    private const string Scheme = "redis";
    private const string TlsScheme = "rediss";
    private const int DefaultPort = 6379;

    /// <summary>Reads an address.</summary>
    /// <exception cref="StartupException">The address has neither form.</exception>
    public static ConfigurationOptions Parse(string connection)
    {
        try
        {
            var configuration = connection.Contains("://", StringComparison.Ordinal)
                ? ParseUrl(connection)
                : ConfigurationOptions.Parse(connection);
            if (configuration.EndPoints.Count == 0)
            {
                throw Refuse("it names no host", null);
            }

            // What the library takes for a host name, because it knows no other meaning.
            if (configuration.EndPoints.Any(static one => RedisConnector.Describe(one).AsSpan().IndexOfAny("@/= ") >= 0))
            {
                throw Refuse("a host name has a character that no host name has", null);
            }

            return configuration;
        }
        catch (ArgumentException exception)
        {
            throw Refuse("an option is not known, or has a value that the option cannot have", exception);
        }
    }

    private static ConfigurationOptions ParseUrl(string connection)
    {
        var comma = connection.IndexOf(',', StringComparison.Ordinal);
        var (text, options) = comma < 0 ? (connection, "") : (connection[..comma], connection[(comma + 1)..]);
        if (!Uri.TryCreate(text.Trim(), UriKind.Absolute, out var url) || url.Scheme is not (Scheme or TlsScheme) || url.Host.Length == 0)
        {
            throw Refuse("a URL must be redis://host:port or rediss://host:port", null);
        }

        if (url.Query.Length > 0 || url.Fragment.Length > 0)
        {
            throw Refuse(
                "a URL takes no ? and no #; give options behind commas, and write these characters of a password as %3F and %23",
                null
            );
        }

        var configuration = options.Length == 0 ? new ConfigurationOptions() : ConfigurationOptions.Parse(options);
        configuration.EndPoints.Add(url.IdnHost, url.Port > 0 ? url.Port : DefaultPort);
        configuration.Ssl |= url.Scheme == TlsScheme;
        var colon = url.UserInfo.IndexOf(':', StringComparison.Ordinal);
        if (url.UserInfo.Length > 0)
        {
            configuration.User = colon > 0 ? Uri.UnescapeDataString(url.UserInfo[..colon]) : configuration.User;
            // A single word is the password, as redis-cli has it only with the colon but many services print it without.
            configuration.Password = Uri.UnescapeDataString(url.UserInfo[(colon + 1)..]);
        }

        if (url.AbsolutePath.Trim('/') is { Length: > 0 } database)
        {
            configuration.DefaultDatabase = int.TryParse(database, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw Refuse("the path of a URL is the number of a database", null);
        }

        return configuration;
    }

    private static StartupException Refuse(string problem, Exception? inner) =>
        new(
            $"REDIS_CONNECTION: cannot be read: {problem}. Give host:port, with options behind commas, for example localhost:6379,password=..., "
                + "or redis://user:password@host:6379.",
            inner
        );
}
