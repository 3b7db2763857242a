using FlowGpt.Simulator.Anthropic;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Chat;
using FlowGpt.Simulator.Control;
using FlowGpt.Simulator.Discovery;
using FlowGpt.Simulator.OpenAi;
using FlowGpt.Simulator.Signatures;
using FlowGpt.Simulator.Tokens;
using FlowGpt.Simulator.Truth;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace FlowGpt.Simulator.Hosting;

/// <summary>Builds the web application. It reads no configuration of the process it runs in.</summary>
internal static class SimulatorApplication
{
    private const long MaxBodyBytes = 16 * 1024 * 1024;

    /// <param name="options">Valid options.</param>
    /// <param name="truth">Reads and sets what the application serves.</param>
    /// <param name="stopWithProcess">Whether Ctrl+C and termination signals stop it; false when another host owns the process.</param>
    public static WebApplication Build(SimulatorOptions options, out SimulatorTruth truth, bool stopWithProcess)
    {
        var state = NewState(options);
        truth = new SimulatorTruth(state);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "FlowGpt.Simulator" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Listen(kestrel, options.Urls, state));
        // Sending on the thread that wrote spares a thread switch per write, and means that flushed bytes are with the kernel before a fault
        // resets the connection.
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.Services.AddRoutingCore();
        // A stalled reply must not hold up the end of a test or of the process.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(100));
        if (!stopWithProcess)
        {
            builder.Services.AddSingleton<IHostLifetime, OwnedLifetime>();
        }

        var app = builder.Build();
        Map(app, options, state, truth);
        return app;
    }

    private static SimulatorState NewState(SimulatorOptions options) =>
        new()
        {
            Clock = options.TimeProvider,
            LimitMode = options.LimitMode,
            RetryAfterOnLimit = options.RetryAfterOnLimit,
            TokenLifetime = options.TokenLifetime,
            FirstBehaviour = options.Behaviour,
            Accounts = new(options.DefaultLimits, options.DisconnectGrace, options.AcceptUnknownAccounts, options.MaxAccounts),
            Conversations = new(options.ConversationCapacity),
            Nonces = new(options.NonceCapacity),
            Exchanges = new(options.ExchangeCapacity, options.ExchangeCharacters),
            Behaviour = new() { Global = options.Behaviour },
        };

    private static void Map(WebApplication app, SimulatorOptions options, SimulatorState state, SimulatorTruth truth)
    {
        var gate = new RequestGate(new TokenReader(), state.Accounts, state.Global, state.Clock);
        var signatures = new SignatureChecker(options.SignatureMode, options.SignatureForm, options.SignatureSkew, state.Nonces);
        var chat = new ChatEndpoint(state, gate, new ChatChecks(state, signatures), new ReplySender(state.Clock));
        var create = new CreateEndpoint(state, gate);
        app.MapPost("/v3/chat", chat.HandleAsync);
        app.MapPost("/conversation/create", create.HandleAsync);
        new DiscoveryEndpoints(state.Global).Map(app);
        new OpenAiFace(state, options.OpenAi).Map(app);
        new AnthropicFace(state, options.OpenAi).Map(app);
        new ControlEndpoints(truth).Map(app);
        app.MapFallback(context => UnknownAsync(context, state));
        app.MapGet("/", context => context.Response.WriteAsync(Usage.Text($"http://{context.Request.Host}")));
    }

    private static Task UnknownAsync(HttpContext context, SimulatorState state)
    {
        state.Global.CountUnknown();
        return ErrorBody.WriteAsync(context, StatusCodes.Status404NotFound, "Not found", ErrorShape.Message);
    }

    private static void Listen(KestrelServerOptions kestrel, string urls, SimulatorState state)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
        foreach (var url in ListenAddress.Split(urls))
        {
            var listen = ListenAddress.Parse(url)!;
            kestrel.Listen(
                listen.Address,
                listen.Port,
                endpoint =>
                {
                    endpoint.Protocols = HttpProtocols.Http1;
                    endpoint.Use(next => connection => CountAsync(next, connection, state));
                }
            );
        }
    }

    private static async Task CountAsync(ConnectionDelegate next, ConnectionContext connection, SimulatorState state)
    {
        state.Global.ConnectionOpened();
        try
        {
            await next(connection);
        }
        finally
        {
            state.Global.ConnectionClosed();
            state.Changes.Pulse();
        }
    }
}
