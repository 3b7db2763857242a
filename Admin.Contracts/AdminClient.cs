using System.Net.Http.Headers;
using FlowGpt.Admin.Contracts.Accounts;
using FlowGpt.Admin.Contracts.Audit;
using FlowGpt.Admin.Contracts.Cluster;
using FlowGpt.Admin.Contracts.Conversations;
using FlowGpt.Admin.Contracts.Keys;
using FlowGpt.Admin.Contracts.Live;
using FlowGpt.Admin.Contracts.Members;
using FlowGpt.Admin.Contracts.Models;
using FlowGpt.Admin.Contracts.Pools;
using FlowGpt.Admin.Contracts.Sessions;
using FlowGpt.Admin.Contracts.Settings;
using FlowGpt.Admin.Contracts.Transport;
using FlowGpt.Admin.Contracts.Usage;

namespace FlowGpt.Admin.Contracts;

/// <summary>
/// A gateway's admin API. Every method throws <see cref="AdminException"/> for an error that the gateway answers, and <see cref="HttpRequestException"/>
/// when the gateway cannot be reached. Thread-safe.
/// </summary>
public sealed class AdminClient
{
    /// <param name="http">
    /// Sends the requests. Its base address is the gateway's own, with a slash at the end: paths are relative, so that a gateway below a path works.
    /// It carries the admin key as a bearer token, or keeps the session's cookie, as a browser does by itself.
    /// </param>
    public AdminClient(HttpClient http)
    {
        ArgumentNullException.ThrowIfNull(http);
        var transport = new AdminTransport(http);
        Pools = new(transport);
        Accounts = new(transport);
        Models = new(transport);
        Keys = new(transport);
        Cluster = new(transport);
        Audit = new(transport);
        Usage = new(transport);
        Session = new(transport);
        Live = new(transport);
        Settings = new(transport);
        Conversations = new(transport);
        Me = new(transport);
    }

    /// <summary>Pools and their decisions.</summary>
    public PoolsClient Pools { get; }

    /// <summary>Accounts.</summary>
    public AccountsClient Accounts { get; }

    /// <summary>Models: routes and their targets.</summary>
    public ModelsClient Models { get; }

    /// <summary>Client keys.</summary>
    public KeysClient Keys { get; }

    /// <summary>Silos.</summary>
    public ClusterClient Cluster { get; }

    /// <summary>The audit log.</summary>
    public AuditClient Audit { get; }

    /// <summary>Usage.</summary>
    public UsageClient Usage { get; }

    /// <summary>Settings in force.</summary>
    public SettingsClient Settings { get; }

    /// <summary>Stored conversations.</summary>
    public ConversationsClient Conversations { get; }

    /// <summary>Live events and recent requests.</summary>
    public LiveClient Live { get; }

    /// <summary>Keys and limits of the person who is signed in.</summary>
    public MemberClient Me { get; }

    /// <summary>Who is signed in.</summary>
    public SessionClient Session { get; }

    /// <summary>Makes every request of a client carry a key.</summary>
    /// <param name="http">The client.</param>
    /// <param name="key">The admin key.</param>
    public static AdminClient WithKey(HttpClient http, string key)
    {
        ArgumentNullException.ThrowIfNull(http);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return new(http);
    }
}
