using FlowGpt.ApiFrontend.Cluster;
using FlowGpt.ApiFrontend.Configuration;
using FlowGpt.ApiFrontend.Health;
using FlowGpt.Silo.Hosting;

namespace FlowGpt.Silo;

internal static class Program
{
    private static Task<int> Main(string[] args) =>
        HealthProbe.IsAskedFor(args) ? HealthProbe.RunAsync(args, Console.Error)
        : args is ["--make-certificates", var directory] ? MakeCertificatesAsync(directory)
        : ServeAsync(args);

    private static Task<int> MakeCertificatesAsync(string directory) =>
        Startup.RunAsync(
            "FlowGptCluster",
            async () =>
            {
                foreach (var folder in CertificateMaker.Write(directory, TimeProvider.System.GetUtcNow()))
                {
                    await Console.Out.WriteLineAsync($"Made the certificate in {folder}");
                }
            },
            Console.Error
        );

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
