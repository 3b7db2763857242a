using FlowGpt.ApiFrontend.Cluster;
using FlowGpt.ApiFrontend.Configuration;

namespace FlowGpt.ApiFrontend;

/// <summary>The API as a process of its own, a client of the silos.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args) =>
        Startup.RunAsync(
            "FlowGptCluster API",
            async () =>
            {
                await using var app = Build(args, Directory.GetCurrentDirectory());
                await app.RunAsync();
            },
            Console.Error
        );

    private static WebApplication Build(string[] args, string workingDirectory)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddProductConfiguration(workingDirectory);
        builder.AddProductLogging();
        builder.AddClusterClient();
        builder.AddApiFrontend();

        var app = builder.Build();
        Startup.ValidateOptions(app.Services);
        app.UseApiFrontend();
        return app;
    }
}
