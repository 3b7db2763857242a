using FlowGpt.Admin.Contracts.Transport;
using FlowGpt.Cli.Output;
using Spectre.Console.Cli;

namespace FlowGpt.Cli.Connections;

/// <summary>A command that sends requests to the gateway: prints what went wrong and ends with an exit code of <see cref="ExitCodes"/>.</summary>
internal abstract class GatewayCommand<TSettings>(Screen screen) : AsyncCommand<TSettings>
    where TSettings : GatewaySettings
{
    protected Screen Screen => screen;

    protected abstract Task<int> RunAsync(TSettings settings, CancellationToken cancellationToken);

    public sealed override async Task<int> ExecuteAsync(CommandContext context, TSettings settings, CancellationToken cancellationToken)
    {
        try
        {
            return await RunAsync(settings, cancellationToken);
        }
        catch (UsageException problem)
        {
            screen.Error(problem.Message);
            return ExitCodes.Usage;
        }
        catch (AdminException refused)
        {
            screen.Error(Explain(refused));
            return ExitCodes.Failed;
        }
        catch (HttpRequestException problem)
        {
            screen.Error(
                $"The gateway cannot be reached: {problem.Message} Is it running, and is --url right? 'flowgpt doctor' looks closer."
            );
            return ExitCodes.Unreachable;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
    }

    private static string Explain(AdminException refused) =>
        (int)refused.Status switch
        {
            401 => $"{refused.Message} Run 'flowgpt login' with the admin key.",
            _ => refused.RequestId is { } id ? $"{refused.Message} (status {(int)refused.Status}, request {id})" : refused.Message,
        };
}
