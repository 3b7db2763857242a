using System.Diagnostics;
using System.Text;

namespace FlowGpt.Tests.Clients;

/// <summary>What a program wrote, to standard output and standard error, and its exit code.</summary>
internal sealed record ClientProgram(int ExitCode, string Output)
{
    // A client may send requests to the gateway of the test alone.
    private static readonly string[] NotInherited =
    [
        "OPENAI_API_KEY",
        "OPENAI_BASE_URL",
        "ANTHROPIC_API_KEY",
        "ANTHROPIC_BASE_URL",
        "ANTHROPIC_AUTH_TOKEN",
        "http_proxy",
        "https_proxy",
        "HTTP_PROXY",
        "HTTPS_PROXY",
    ];

    /// <summary>Runs a program to its end.</summary>
    /// <param name="file">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="directory">Its working directory.</param>
    /// <param name="environment">Environment variables in addition to those of this process.</param>
    /// <param name="within">After this time the program is ended and the test fails.</param>
    public static async Task<ClientProgram> RunAsync(
        string file,
        IEnumerable<string> arguments,
        string directory,
        Dictionary<string, string> environment,
        TimeSpan within
    )
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // An installation may need the machine's proxy.
        if (environment.Count > 0)
        {
            foreach (var name in NotInherited)
            {
                start.Environment.Remove(name);
            }
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = new System.Diagnostics.Process { StartInfo = start };
        var output = new StringBuilder();
        process.OutputDataReceived += (_, line) => Append(line.Data);
        process.ErrorDataReceived += (_, line) => Append(line.Data);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(within);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{Path.GetFileName(file)} did not end within {within}. It wrote:\n{output}");
        }

        return new ClientProgram(process.ExitCode, output.ToString());

        void Append(string? line)
        {
            lock (output)
            {
                output.AppendLine(line);
            }
        }
    }
}
