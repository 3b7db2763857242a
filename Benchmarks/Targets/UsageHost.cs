using System.Net.Http.Headers;
using FlowGpt.ApiFrontend;
using FlowGpt.Grains.Usage;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace FlowGpt.Benchmarks.Targets;

/// <summary>Ledgers, roll-ups and the usage routes in this process, with grain storage in memory: what is measured is not a disk.</summary>
internal sealed class UsageHost : IAsyncDisposable
{
    private const string AdminKey = "sk-benchmark-admin-0123456789";

    private readonly WebApplication _app;

    private UsageHost(WebApplication app)
    {
        _app = app;
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false })
        {
            BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()),
        };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
    }

    /// <summary>With the operators' key.</summary>
    public HttpClient Client { get; }

    public IGrainFactory Grains => _app.Services.GetRequiredService<IGrainFactory>();

    public IUsageRecorder Recorder => _app.Services.GetRequiredService<IUsageRecorder>();

    public static async Task<UsageHost> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Host.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(FreePort.Take(), gatewayPort: 0);
            silo.AddMemoryGrainStorageAsDefault();
        });
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddUsageRecording();
        builder.Services.AddApiFrontend();
        builder.Services.Configure<FrontendOptions>(options =>
        {
            options.MasterKey = "sk-benchmark-client-0123456789";
            options.AdminKey = AdminKey;
        });
        var app = builder.Build();
        app.UseApiFrontend();
        await app.StartAsync(cancellationToken);
        return new UsageHost(app);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
