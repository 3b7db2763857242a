using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FlowGpt.Tests.Process.Nginx;

/// <summary>An API process reduced to one handler, on a free loopback port.</summary>
internal sealed class ApiStandIn : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _received;

    private ApiStandIn(WebApplication app) => _app = app;

    /// <summary>Address for nginx, <c>host:port</c>.</summary>
    public string Server => new Uri(_app.Urls.First()).Authority;

    /// <summary>How many requests have come in.</summary>
    public int Received => Volatile.Read(ref _received);

    public static async Task<ApiStandIn> StartAsync(RequestDelegate handler)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new ApiStandIn(app);
        app.UseWebSockets();
        app.Run(context =>
        {
            Interlocked.Increment(ref server._received);
            return handler(context);
        });
        await app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
