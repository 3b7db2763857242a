using FlowGpt.Simulator.Anthropic;
using FlowGpt.Simulator.OpenAi;
using FlowGpt.Simulator.Truth;
using Microsoft.Extensions.Options;

namespace FlowGpt.Simulator.Hosting;

/// <summary>
/// A running simulator inside this process: its own web server, which logs nothing, reads no configuration and ignores signals. Several
/// can run at once.
/// </summary>
public sealed class SimulatorHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SimulatorHost(WebApplication app, SimulatorTruth truth)
    {
        _app = app;
        Truth = truth;
        Address = new Uri(app.Urls.First());
        OpenAiAddress = new Uri(Address, OpenAiFace.Base);
        AnthropicAddress = new Uri(Address, AnthropicFace.Base);
    }

    /// <summary>The base address, with the port that was really taken.</summary>
    public Uri Address { get; }

    /// <summary>The base address of the OpenAI-compatible face, as its clients take it.</summary>
    public Uri OpenAiAddress { get; }

    /// <summary>The base address of the Anthropic face, as clients are told.</summary>
    public Uri AnthropicAddress { get; }

    /// <summary>The counters and the behaviour.</summary>
    public SimulatorTruth Truth { get; }

    /// <summary>Starts a simulator.</summary>
    /// <exception cref="OptionsValidationException">Options are out of range; the message lists every problem.</exception>
    /// <exception cref="IOException">An address is in use.</exception>
    public static async Task<SimulatorHost> StartAsync(SimulatorOptions options, CancellationToken cancellationToken)
    {
        var valid = new SimulatorOptionsValidator().Validate(null, options);
        if (valid.Failed)
        {
            throw new OptionsValidationException(SimulatorOptions.SectionName, typeof(SimulatorOptions), valid.Failures);
        }

        var app = SimulatorApplication.Build(options, out var truth, stopWithProcess: false);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new SimulatorHost(app, truth);
    }

    /// <summary>Mints a token, as <see cref="SimulatorTruth.IssueToken"/> does.</summary>
    public string IssueToken(string accountName, TimeSpan? lifetime = null) => Truth.IssueToken(accountName, lifetime);

    /// <summary>Mints a key for the OpenAI-compatible face, as <see cref="SimulatorTruth.IssueApiKey"/> does.</summary>
    public string IssueApiKey(string accountName) => Truth.IssueApiKey(accountName);

    /// <summary>Stops listening and aborts what is in progress.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}
