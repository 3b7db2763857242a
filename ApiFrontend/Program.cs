using FlowGpt.ApiFrontend.Admin.Members;
using FlowGpt.ApiFrontend.Admin.Sessions;
using FlowGpt.ApiFrontend.Cluster;
using FlowGpt.ApiFrontend.Configuration;
using FlowGpt.ApiFrontend.Health;
using FlowGpt.ApiFrontend.Keys;
using FlowGpt.ApiFrontend.Telemetry;
using FlowGpt.ApiFrontend.Usage;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace FlowGpt.ApiFrontend;

/// <summary>The API as a separate process, a client of the silos.</summary>
internal static partial class Program
{
    private static Task<int> Main(string[] args) =>
        HealthProbe.IsAskedFor(args) ? HealthProbe.RunAsync(args, Console.Error) : ServeAsync(args);

    private static Task<int> ServeAsync(string[] args) =>
        Startup.RunAsync(
            "FlowGptCluster API",
            async () =>
            {
                var (builder, options, certificates) = Configure(args, Directory.GetCurrentDirectory());
                await using var redis = await ClusterClient.ConnectAsync(options, Console.Out);
                await using var app = Build(builder, options, redis, certificates);
                ClusterTls.Tell(app.Logger, certificates, TimeProvider.System.GetUtcNow());
                await app.StartAsync();
                var address = app.Urls.First();
                LogReady(app.Logger, address);
                await app.WaitForShutdownAsync();
            },
            Console.Error
        );

    private static (WebApplicationBuilder Builder, RedisOptions Redis, ClusterCertificates? Certificates) Configure(
        string[] args,
        string workingDirectory
    )
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        var problems = new List<string>();
        builder.Configuration.AddProductConfiguration(workingDirectory, problems);
        builder.AddProductLogging(problems);
        builder.AddOtlpPush(problems);
        var redis = ClusterClient.Read(builder.Configuration, problems);
        OptionsCheck.AddProblems(builder.Configuration, FrontendOptions.Section, typeof(FrontendOptions), problems);
        OptionsCheck.AddProblems(builder.Configuration, ClientKeyOptions.Section, typeof(ClientKeyOptions), problems);
        OptionsCheck.AddProblems(builder.Configuration, SignInOptions.Section, typeof(SignInOptions), problems);
        OptionsCheck.AddProblems(builder.Configuration, MemberOptions.Section, typeof(MemberOptions), problems);
        var now = TimeProvider.System.GetUtcNow();
        var certificates = Startup.Collect(problems, () => ClusterTls.Read(builder.Configuration, ClusterRole.Api, now));
        Startup.ThrowIfAny(problems);
        return (builder, redis!, certificates);
    }

    private static WebApplication Build(
        WebApplicationBuilder builder,
        RedisOptions options,
        IConnectionMultiplexer redis,
        ClusterCertificates? certificates
    )
    {
        builder.AddClusterClient(redis, certificates);
        builder.Services.AddHostedService(provider =>
            ActivatorUtilities.CreateInstance<RedisWatch>(provider, redis, RedisConnector.Parse(options.Connection!, options.Password))
        );
        builder.Services.AddSingleton<UsageWitness>();
        builder.Services.AddSingleton<IUsageWitness>(static provider => provider.GetRequiredService<UsageWitness>());
        builder.Services.AddHostedService(static provider => provider.GetRequiredService<UsageWitness>());
        builder.Services.AddApiFrontend();
        builder
            .Services.AddOptions<HostOptions>()
            .Configure<IOptions<FrontendOptions>>(static (host, frontend) => host.ShutdownTimeout = frontend.Value.ShutdownTimeout);

        var app = builder.Build();
        app.UseApiFrontend();
        return app;
    }

    [LoggerMessage(EventId = 6003, Level = LogLevel.Information, Message = "Ready on {Address}, as a client of the cluster")]
    private static partial void LogReady(ILogger logger, string address);
}
