using FlowGpt.Simulator.Hosting;

namespace FlowGpt.Simulator;

internal static class Program
{
    private static async Task Main(string[] args)
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables("ASPNETCORE_").AddCommandLine(args).Build();
        var options = (configuration.GetSection(SimulatorOptions.SectionName).Get<SimulatorOptions>() ?? new SimulatorOptions()) with
        {
            Urls = configuration["urls"] ?? "http://127.0.0.1:8089",
        };
        await using var app = SimulatorApplication.Build(new SimulatorState(options), stopWithProcess: true);
        await app.RunAsync();
    }
}
