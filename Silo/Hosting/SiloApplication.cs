using FlowGpt.ApiFrontend;
using FlowGpt.ApiFrontend.Configuration;
using FlowGpt.ApiFrontend.Listeners;
using FlowGpt.ApiFrontend.Telemetry;
using FlowGpt.Grains.Secrets;
using FlowGpt.Silo.Secrets;
using Microsoft.AspNetCore.Connections;

namespace FlowGpt.Silo.Hosting;

/// <summary>The composed process: built, started, run to its end, disposed in the order in which its parts depend on each other.</summary>
internal sealed partial class SiloApplication : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly IHostingMode _mode;
    private readonly DemoUpstream? _demo;
    private readonly TextWriter? _terminal;
    private readonly bool _api;

    private SiloApplication(WebApplication app, IHostingMode mode, DemoUpstream? demo, bool api, TextWriter? terminal)
    {
        _app = app;
        _mode = mode;
        _demo = demo;
        _terminal = terminal;
        _api = api;
    }

    /// <summary>The process's services.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Where the process listens, once started.</summary>
    public string Address => _app.Urls.First();

    /// <summary>Reads and checks the configuration, opens the data or connects to Redis, and composes the process.</summary>
    /// <exception cref="StartupException">It cannot start; every problem is listed.</exception>
    public static async Task<SiloApplication> BuildAsync(
        string[] args,
        string workingDirectory,
        TextWriter output,
        CancellationToken cancellationToken = default
    )
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        var (settings, readable) = Configure(builder, workingDirectory);
        IHostingMode mode = settings.IsCluster
            ? await ClusterMode.ConnectAsync(settings, builder.Configuration, output, cancellationToken)
            : EmbeddedMode.Open(settings.Silo, builder.Configuration, TimeProvider.System);
        DemoUpstream? demo = null;
        try
        {
            if (mode is EmbeddedMode embedded && DemoUpstream.IsNeeded(builder.Configuration))
            {
                demo = await DemoUpstream.StartAsync(builder.Configuration, embedded.WriteSecret, cancellationToken);
            }

            builder.AddOrleans(mode, settings.Silo);
            builder.Services.AddSingleton<ISecretVault>(new SecretVault(mode.OpenKeyRing, TimeProvider.System));
            builder.Services.AddProductFeatures(settings.Silo);
            var app = builder.Build();
            if (settings.Silo.Api)
            {
                app.UseApiFrontend();
            }
            else
            {
                app.UsePrivateListeners();
                app.MapOperations();
            }

            return new SiloApplication(app, mode, demo, settings.Silo.Api, readable ? output : null);
        }
        catch
        {
            await DisposeAsync(demo, mode);
            throw;
        }
    }

    /// <summary>Starts serving and says so.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        var logger = Services.GetRequiredService<ILogger<SiloApplication>>();
        _mode.Tell(logger);
        await ListenAsync(cancellationToken);
        LogReady(logger, Address, _mode);
        if (_terminal is null)
        {
            return;
        }

        try
        {
            var banner = await StartupBanner.ReadAsync(Services, _mode, _api ? Address : null);
            await _terminal.WriteAsync(banner.ForTerminal());
        }
        catch (Exception exception)
        {
            // A courtesy: what could not be read now must not end a process that serves.
            LogNoBanner(logger, exception);
        }
    }

    /// <summary>Serves until the process gets a signal to stop, then stops in order.</summary>
    public async Task RunAsync()
    {
        await StartAsync();
        await _app.WaitForShutdownAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await DisposeAsync(_demo, _mode);
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _app.StartAsync(cancellationToken);
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            throw new StartupException(
                $"ASPNETCORE_URLS: {exception.Message} Stop what uses it, or choose another address, for example http://localhost:8090.",
                exception
            );
        }
    }

    private static (HostingSettings Settings, bool Readable) Configure(WebApplicationBuilder builder, string workingDirectory)
    {
        var problems = new List<string>();
        builder.Configuration.AddProductConfiguration(workingDirectory, problems);
        var readable = builder.AddProductLogging(problems);
        builder.AddOtlpPush(problems);
        var settings = HostingSettings.Read(builder.Configuration, problems);
        ProductFeatures.Check(builder.Configuration, settings.Silo, problems);
        if (settings.IsCluster)
        {
            ClusterMode.Check(settings, builder.Configuration, problems);
        }

        Startup.ThrowIfAny(problems);
        return (settings, readable);
    }

    private static async ValueTask DisposeAsync(DemoUpstream? demo, IHostingMode mode)
    {
        if (demo is not null)
        {
            await demo.DisposeAsync();
        }

        await mode.DisposeAsync();
    }

    [LoggerMessage(EventId = 6001, Level = LogLevel.Information, Message = "Ready on {Address}, {Mode}")]
    private static partial void LogReady(ILogger logger, string address, IHostingMode mode);

    [LoggerMessage(EventId = 6002, Level = LogLevel.Warning, Message = "Started, but the accounts and models could not be read yet")]
    private static partial void LogNoBanner(ILogger logger, Exception exception);
}
