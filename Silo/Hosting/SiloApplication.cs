using FlowGpt.ApiFrontend.Configuration;

namespace FlowGpt.Silo.Hosting;

/// <summary>The composed process: built, started, run to its end, disposed in the order in which its parts depend on each other.</summary>
internal sealed class SiloApplication : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly IHostingMode _mode;
    private readonly TextWriter? _terminal;

    private SiloApplication(WebApplication app, IHostingMode mode, TextWriter? terminal)
    {
        _app = app;
        _mode = mode;
        _terminal = terminal;
    }

    /// <summary>The process's services.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Where the API listens, once started.</summary>
    public string Address => _app.Urls.First();

    /// <summary>Reads the configuration, opens the data and composes the process.</summary>
    /// <exception cref="StartupException">It cannot start; every problem is listed.</exception>
    public static Task<SiloApplication> BuildAsync(string[] args, string workingDirectory, TextWriter output)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddProductConfiguration(workingDirectory);
        var readable = builder.AddProductLogging();
        var options = OptionsCheck.Read<SiloOptions>(builder.Configuration, SiloOptions.Section);
        var mode = EmbeddedMode.Open(options, builder.Configuration, TimeProvider.System);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddOrleans(mode, options);
        builder.AddProductFeatures();
        var app = builder.Build();
        Startup.ValidateOptions(app.Services);
        return Task.FromResult(new SiloApplication(app, mode, readable ? output : null));
    }

    /// <summary>Starts serving and says so.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await _app.StartAsync(cancellationToken);
        if (_terminal is not null)
        {
            await _terminal.WriteAsync(new StartupBanner(Address, _mode).ForTerminal());
        }
    }

    /// <summary>Serves until the process is told to stop, then stops in order.</summary>
    public async Task RunAsync()
    {
        await StartAsync();
        await _app.WaitForShutdownAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _mode.DisposeAsync();
    }
}
