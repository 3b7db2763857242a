using FlowGpt.Simulator.Hosting;

namespace FlowGpt.Simulator;

internal static class Program
{
    private const string DefaultUrls = "http://127.0.0.1:8089";

    private static async Task<int> Main(string[] args)
    {
        if (ReadOptions(args, out var problem) is not { } options)
        {
            return await FailAsync(problem!);
        }

        var valid = new SimulatorOptionsValidator().Validate(null, options);
        if (valid.Failed)
        {
            return await FailAsync(string.Join("\n  ", valid.Failures));
        }

        await using var app = SimulatorApplication.Build(options, out _, stopWithProcess: true);
        await app.StartAsync();
        await Console.Out.WriteLineAsync(Usage.Text(app.Urls.First()));
        await app.WaitForShutdownAsync();
        return 0;
    }

    private static SimulatorOptions? ReadOptions(string[] args, out string? problem)
    {
        problem = null;
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables("ASPNETCORE_").AddCommandLine(args).Build();
        try
        {
            var options = configuration
                .GetSection(SimulatorOptions.SectionName)
                .Get<SimulatorOptions>(binder => binder.ErrorOnUnknownConfiguration = true);
            return (options ?? new SimulatorOptions()) with { Urls = configuration["urls"] ?? DefaultUrls };
        }
        catch (InvalidOperationException exception)
        {
            problem = exception.InnerException is { } inner ? $"{exception.Message} {inner.Message}" : exception.Message;
            return null;
        }
    }

    private static async Task<int> FailAsync(string problem)
    {
        await Console.Error.WriteLineAsync("The simulator cannot start:\n  " + problem);
        return 1;
    }
}
