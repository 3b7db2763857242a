using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FlowGpt.Tests.Unit.Upstreams.FlowGpt;

/// <summary>A backend on a free loopback port, whose answers a test writes byte by byte.</summary>
public sealed class StubBackend : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<SeenRequest> _seen = Channel.CreateUnbounded<SeenRequest>();

    private StubBackend(WebApplication app) => _app = app;

    /// <summary>Answers <c>/v3/chat</c>.</summary>
    public Func<HttpContext, Task> Chat { get; set; } = context => Lines(context, """{"event":"text","data":"Hello"}""");

    /// <summary>Answers <c>/conversation/create</c>.</summary>
    public Func<HttpContext, Task> Create { get; set; } = context => context.Response.WriteAsync("""{"id":"c-1","title":"x"}""");

    /// <summary>Every request, in order.</summary>
    public ConcurrentQueue<SeenRequest> Requests { get; } = new();

    public string Url => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    public static async Task<StubBackend> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var backend = new StubBackend(app);
        app.Run(backend.AnswerAsync);
        await app.StartAsync();
        return backend;
    }

    public static async Task Lines(HttpContext context, params string[] lines)
    {
        foreach (var line in lines)
        {
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"));
        }
    }

    /// <summary>Waits until the next request has arrived.</summary>
    public ValueTask<SeenRequest> NextRequestAsync() => _seen.Reader.ReadAsync(TestDeadline.Token);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body);
        var seen = new SeenRequest(
            context.Request.Path,
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            body.RootElement.Clone(),
            context.RequestAborted
        );
        Requests.Enqueue(seen);
        _seen.Writer.TryWrite(seen);
        await (seen.Path == "/v3/chat" ? Chat(context) : Create(context));
    }
}
