using FlowGpt.Admin.Contracts.Transport;

namespace FlowGpt.Admin.Contracts.Cluster;

/// <summary><c>/admin/cluster</c>. Thread-safe.</summary>
public sealed class ClusterClient
{
    private const string Root = "admin/cluster";

    private readonly AdminTransport _transport;

    internal ClusterClient(AdminTransport transport) => _transport = transport;

    /// <summary>The silos.</summary>
    public Task<ClusterState> GetAsync(CancellationToken cancellationToken = default) =>
        _transport.GetAsync(Root, AdminJson.Default.ClusterState, cancellationToken);

    /// <summary>Has a silo, named by its id or name, take no new requests; those in flight finish.</summary>
    public Task<SiloDrained> DrainAsync(string silo, CancellationToken cancellationToken = default) =>
        ActAsync(silo, "drain", cancellationToken);

    /// <summary>Has a silo take requests again.</summary>
    public Task<SiloDrained> ResumeAsync(string silo, CancellationToken cancellationToken = default) =>
        ActAsync(silo, "resume", cancellationToken);

    /// <summary>Makes a new key for the ids of responses.</summary>
    public Task<ResponseKeysRotated> RotateResponseKeysAsync(CancellationToken cancellationToken = default) =>
        _transport.SendAsync(
            HttpMethod.Post,
            $"{Root}/response-keys/rotate",
            null,
            AdminJson.Default.ResponseKeysRotated,
            cancellationToken
        );

    private Task<SiloDrained> ActAsync(string silo, string action, CancellationToken cancellationToken) =>
        _transport.SendAsync(
            HttpMethod.Post,
            $"{Root}/silos/{AdminPath.Part(silo)}/{action}",
            null,
            AdminJson.Default.SiloDrained,
            cancellationToken
        );
}
