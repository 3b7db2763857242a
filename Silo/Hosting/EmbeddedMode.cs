using System.Net;
using System.Net.Sockets;
using FlowGpt.ApiFrontend.Cluster;
using FlowGpt.Grains.Conversations.Sums;
using FlowGpt.Silo.Secrets;
using FlowGpt.Silo.Storage;
using Microsoft.AspNetCore.DataProtection;
using Orleans.Configuration;
using Orleans.Storage;

namespace FlowGpt.Silo.Hosting;

/// <summary>One process with everything in it. State and reminders are in one SQLite file of the data directory.</summary>
internal sealed class EmbeddedMode : IHostingMode
{
    private const int MinimumSpareThreads = 8;

    private readonly DataDirectory _data;
    private readonly SqliteDataSource _source;
    private readonly SiloOptions _options;

    private readonly ClockTrust _clock;

    private EmbeddedMode(DataDirectory data, SiloOptions options, ProductKeys keys)
    {
        _data = data;
        _options = options;
        _source = new SqliteDataSource(data.DatabasePath);
        // Before anything of this process is written with a clock that may be wrong.
        _clock = new ClockTrust(DatabaseFile.NewestRecord(data.DatabasePath));
        Keys = keys;
    }

    /// <inheritdoc/>
    public string Description => $"embedded, data and generated keys in {_data.Path}";

    /// <inheritdoc/>
    public ProductKeys Keys { get; }

    /// <summary>Takes the data directory, brings the data file to this program's format and makes the keys.</summary>
    public static EmbeddedMode Open(SiloOptions options, IConfigurationManager configuration, TimeProvider time)
    {
        var data = DataDirectory.Open(options.DataDirectory);
        try
        {
            DatabaseFile.Prepare(data.DatabasePath, Migration.All, time, Migration.OldestReadable);
            var keys = ProductKeys.FromConfigurationOrFile(configuration, data);
            LeaveThreadsForTheRest();
            return new EmbeddedMode(data, options, keys);
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    /// <summary>Keeps a file with a secret in the data directory, for its owner only; returns its path.</summary>
    public string WriteSecret(string name, string text) => _data.WriteSecret(name, text);

    /// <inheritdoc/>
    public IDataProtectionProvider OpenKeyRing() => KeyRing.Open(new KeyRingFiles(_data));

    /// <summary>The description; for logs.</summary>
    public override string ToString() => Description;

    /// <inheritdoc/>
    public void Configure(ISiloBuilder silo)
    {
        silo.UseLocalhostClustering(FreeLoopbackPort(), gatewayPort: 0, serviceId: _options.ServiceId, clusterId: _options.ClusterId);
        // The silo has a port although nothing uses the port: no other process has a certificate that this process accepts.
        silo.UseClusterTls(ClusterCertificates.MakeForThisProcess(TimeProvider.System.GetUtcNow()));
        const string file = "file";
        silo.AddAdoNetGrainStorage(
            file,
            (AdoNetGrainStorageOptions storage) =>
            {
                storage.Invariant = SqliteDataSource.Invariant;
                storage.DataSource = _source;
                storage.DeleteStateOnClear = true;
            }
        );
        StorageBoundary.Register(silo.Services, static services => services.GetRequiredKeyedService<IGrainStorage>(file));
        silo.Services.AddSingleton(_source).AddSingleton(_clock).AddSingleton<RecordRetention>();
        silo.Services.AddHostedService(static services => services.GetRequiredService<RecordRetention>());
        silo.Services.AddSingleton<IConversationRecords, SqliteConversationRecords>();
        silo.UseAdoNetReminderService(reminders =>
        {
            reminders.Invariant = SqliteDataSource.Invariant;
            reminders.DataSource = _source;
        });
    }

    /// <inheritdoc/>
    public void Tell(ILogger logger) { }

    public ValueTask DisposeAsync()
    {
        _source.Dispose();
        _data.Dispose();
        return ValueTask.CompletedTask;
    }

    // SQLite blocks the threads that it runs on; the gate bounds how many. The pool starts with one thread a core and adds
    // only about one thread a second, so on a small machine blocked threads would stall everything else.
    private static void LeaveThreadsForTheRest()
    {
        ThreadPool.GetMinThreads(out var workers, out var completion);
        var wanted = Environment.ProcessorCount + SqliteGate.MaxBlockedThreads + MinimumSpareThreads;
        ThreadPool.SetMinThreads(Math.Max(workers, wanted), completion);
    }

    // Nothing but this process uses the port; with a fixed port two embedded gateways could not run on one machine.
    private static int FreeLoopbackPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
