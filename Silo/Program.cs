using FlowGpt.ApiFrontend.Configuration;
using FlowGpt.ApiFrontend.Health;
using FlowGpt.Silo.Hosting;

namespace FlowGpt.Silo;

internal static class Program
{
    private static Task<int> Main(string[] args) =>
        HealthProbe.IsAskedFor(args) ? HealthProbe.RunAsync(args, Console.Error) : ServeAsync(args);

    private static Task<int> ServeAsync(string[] args) =>
        Startup.RunAsync(
            "FlowGptCluster",
            async () =>
            {
                await using var silo = await SiloApplication.BuildAsync(args, Directory.GetCurrentDirectory(), Console.Out);
                await silo.RunAsync();
            },
            Console.Error
        );
}
