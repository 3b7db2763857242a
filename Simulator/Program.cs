using FlowGpt.Simulator.Hosting;
using FlowGpt.Simulator.Truth;

namespace FlowGpt.Simulator;

internal static class Program
{
    private const string DefaultUrls = "http://127.0.0.1:8089";

    private static async Task<int> Main(string[] args)
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables("ASPNETCORE_").AddCommandLine(args).Build();
        var section = configuration.GetSection(SimulatorOptions.SectionName).Get<SimulatorOptions>() ?? new SimulatorOptions();
        var options = section with { Urls = configuration["urls"] ?? DefaultUrls };
        var valid = new SimulatorOptionsValidator().Validate(null, options);
        if (valid.Failed)
        {
            await Console.Error.WriteLineAsync("The simulator cannot start:\n  " + string.Join("\n  ", valid.Failures));
            return 1;
        }

        var state = new SimulatorState(options);
        await using var app = SimulatorApplication.Build(state, new SimulatorTruth(state), stopWithProcess: true);
        await app.StartAsync();
        await Console.Out.WriteLineAsync(Usage.Text(app.Urls.First()));
        await app.WaitForShutdownAsync();
        return 0;
    }
}
