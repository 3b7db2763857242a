using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using FlowGpt.Tests.Process;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>The command line as a process in a terminal of the system, made by the program <c>script</c>.</summary>
internal sealed partial class PseudoTerminal : IAsyncDisposable
{
    private static readonly ExternalProgram Script = new("script", "apt-get install -y bsdutils");

    private readonly System.Diagnostics.Process _process;
    private readonly StringBuilder _output = new();
    private readonly Lock _gate = new();
    private readonly Task _reading;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private PseudoTerminal(System.Diagnostics.Process process)
    {
        _process = process;
        _reading = ReadAsync();
    }

    /// <summary>All that was written so far, as the terminal got it.</summary>
    public string Raw
    {
        get
        {
            lock (_gate)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>The same without the sequences that move the cursor or colour text.</summary>
    public string Text => Sequence().Replace(Raw, "").ReplaceLineEndings("\n");

    /// <summary>Starts a command. Where there are no such terminals, the running test is reported as skipped.</summary>
    public static PseudoTerminal Start(IReadOnlyDictionary<string, string> variables, int columns, params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Terminals are made with a program of Linux.");
        var program = Path.Combine(AppContext.BaseDirectory, "FlowGpt.Cli");
        var command = string.Join(' ', ((string[])[program, .. arguments]).Select(static part => $"'{part}'"));
        // Tests that run in the background of a shell inherit that an interruption is ignored; a command that people start does not.
        var start = new ProcessStartInfo(
            Script.PathOrSkip(),
            ["-qefc", $"stty cols {columns} rows 30; exec env --default-signal=INT,QUIT {command}", "/dev/null"]
        )
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment["TERM"] = "xterm-256color";
        start.Environment["LANG"] = "C.UTF-8";
        start.Environment["SHELL"] = "/bin/sh";
        start.Environment["HOME"] = Path.GetTempPath();
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        return new(System.Diagnostics.Process.Start(start)!);
    }

    /// <summary>Types text into the terminal.</summary>
    public async Task TypeAsync(string text)
    {
        await _process.StandardInput.WriteAsync(text);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Waits until the text shows something.</summary>
    public async Task SeeAsync(Func<string, bool> isShown, string what)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                changed = _changed.Task;
            }

            if (isShown(Text))
            {
                return;
            }

            Assert.False(_reading.IsCompleted, $"The command ended before {what}: {Text}");
            await Soon.Happens(Task.WhenAny(changed, _reading), what);
        }
    }

    /// <summary>Waits for the end and returns the exit code.</summary>
    public async Task<int> EndAsync()
    {
        await Soon.Happens(_reading, "the command ends");
        await Soon.Happens(_process.WaitForExitAsync(TestContext.Current.CancellationToken), "the terminal ends");
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _reading;
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        var buffer = new char[4096];
        while (await _process.StandardOutput.ReadAsync(buffer) is > 0 and var read)
        {
            lock (_gate)
            {
                _output.Append(buffer, 0, read);
                _changed.TrySetResult();
                _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    [GeneratedRegex(@"\x1b(?:\[[0-9;?]*[A-Za-z]|[=>])")]
    private static partial Regex Sequence();
}
