using System.Net.Http.Headers;
using System.Text;
using FlowGpt.ApiFrontend;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FlowGpt.Tests.Unit.ApiFrontend.Hosting;

/// <summary>The real frontend on a real socket, over grains that the test scripts or over a cluster's.</summary>
internal sealed class FrontendHost : IAsyncDisposable
{
    public const string MasterKey = "sk-master-0123456789abcdef";
    public const string AdminKey = "sk-admin-0123456789abcdef";

    private readonly WebApplication _app;

    private FrontendHost(WebApplication app, FakeGrains grains, RecordedLogs logs)
    {
        _app = app;
        Grains = grains;
        Logs = logs;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Client = NewClient();
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", MasterKey);
    }

    public FakeGrains Grains { get; }

    public RecordedLogs Logs { get; }

    public Uri Address { get; }

    /// <summary>A client with the master key.</summary>
    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<FrontendHost> StartAsync(
        Action<FrontendOptions>? configure = null,
        TimeProvider? time = null,
        Action<IServiceCollection>? services = null,
        Action<WebApplication>? routes = null,
        IGrainFactory? cluster = null,
        string? staticFiles = null
    )
    {
        var grains = new FakeGrains(time ?? TimeProvider.System);
        var logs = new RecordedLogs();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        if (staticFiles is not null)
        {
            builder.WebHost.UseSetting(WebHostDefaults.StaticWebAssetsKey, staticFiles);
        }

        builder.Logging.ClearProviders().AddProvider(logs).AddFilter("Microsoft", LogLevel.None);
        builder.Services.AddSingleton(cluster ?? grains.Factory);
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        services?.Invoke(builder.Services);
        builder.Services.AddApiFrontend();
        builder.Services.Configure<FrontendOptions>(options =>
        {
            options.MasterKey = MasterKey;
            options.AdminKey = AdminKey;
            configure?.Invoke(options);
        });
        var app = builder.Build();
        app.UseApiFrontend();
        routes?.Invoke(app);
        await app.StartAsync();
        return new FrontendHost(app, grains, logs);
    }

    /// <summary>A client without a key.</summary>
    public HttpClient NewClient() => new(new SocketsHttpHandler { UseCookies = false, UseProxy = false }) { BaseAddress = Address };

    public Task<HttpResponseMessage> PostChatAsync(
        string body,
        Action<HttpRequestMessage>? change = null,
        CancellationToken cancellationToken = default
    )
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        change?.Invoke(request);
        return Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
