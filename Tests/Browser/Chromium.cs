using System.Diagnostics;
using System.Text.RegularExpressions;
using FlowGpt.Tests.Cluster.Storage;
using FlowGpt.Tests.Process;

namespace FlowGpt.Tests.Browser;

/// <summary>A headless browser that a test controls. Its process is ended by its id.</summary>
internal sealed partial class Chromium : IAsyncDisposable
{
    private static readonly ExternalProgram Program = new("chromium", "apt-get install -y chromium");

    private readonly System.Diagnostics.Process _process;
    private readonly TemporaryDirectory _profile;

    private Chromium(System.Diagnostics.Process process, TemporaryDirectory profile, DevTools tools)
    {
        _process = process;
        _profile = profile;
        Tools = tools;
    }

    /// <summary>The connection to the browser.</summary>
    public DevTools Tools { get; }

    /// <summary>Starts a browser. Where none is installed, the running test is reported as skipped.</summary>
    public static async Task<Chromium> StartAsync()
    {
        var profile = new TemporaryDirectory();
        var start = new ProcessStartInfo(Program.PathOrSkip())
        {
            ArgumentList =
            {
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--no-first-run",
                "--hide-scrollbars",
                // Pages of other programs, such as an identity provider's, may ask for files of other addresses.
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
                "--remote-debugging-port=0",
                $"--user-data-dir={profile.Path}",
            },
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        var process = System.Diagnostics.Process.Start(start)!;
        var address = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.ErrorDataReceived += (_, line) =>
        {
            if (Listening().Match(line.Data ?? "") is { Success: true } match)
            {
                address.TrySetResult(new Uri(match.Groups[1].Value));
            }
        };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return new(process, profile, await DevTools.ConnectAsync(await Soon.Happens(address.Task, "the browser listened")));
    }

    public async ValueTask DisposeAsync()
    {
        await Tools.DisposeAsync();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        try
        {
            _profile.Dispose();
        }
        catch (IOException)
        {
            // One of the browser's processes may still write; the operating system deletes the folder later.
        }
    }

    [GeneratedRegex(@"DevTools listening on (ws://\S+)")]
    private static partial Regex Listening();
}
