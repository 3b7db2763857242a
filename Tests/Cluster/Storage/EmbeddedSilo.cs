using FlowGpt.Silo.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace FlowGpt.Tests.Cluster.Storage;

/// <summary>A silo with the product's embedded storage in a directory, without its features.</summary>
internal sealed class EmbeddedSilo : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly EmbeddedMode _mode;

    private EmbeddedSilo(IHost host, EmbeddedMode mode)
    {
        _host = host;
        _mode = mode;
    }

    public IServiceProvider Services => _host.Services;

    public IGrainFactory Grains => Services.GetRequiredService<IGrainFactory>();

    public IGrainStorage Storage => Services.GetRequiredService<IGrainStorage>();

    public IReminderTable Reminders => Services.GetRequiredService<IReminderTable>();

    public static async Task<EmbeddedSilo> StartAsync(string directory)
    {
        var options = new SiloOptions { DataDirectory = directory };
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.ClearProviders();
        var mode = EmbeddedMode.Open(options, new ConfigurationManager(), TimeProvider.System);
        builder.AddOrleans(mode, options);
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new EmbeddedSilo(host, mode);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        await _mode.DisposeAsync();
    }
}
